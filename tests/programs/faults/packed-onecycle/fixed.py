import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader

torch.manual_seed(26)

BRACKETS = "()[]x"
CODE = {c: i + 1 for i, c in enumerate(BRACKETS)}


def word(balanced):
    """A word over two kinds of brackets; broken words have one bracket exchanged."""
    out, stack = [], []
    for _ in range(int(torch.randint(3, 14, ()))):
        r = torch.rand(()).item()
        if stack and (r < 0.4 or len(stack) > 3):
            out.append(stack.pop())
        elif r < 0.85:
            kind = int(torch.randint(2, ()))
            out.append("(["[kind])
            stack.append(")]"[kind])
        else:
            out.append("x")
    out += reversed(stack)
    if not balanced:
        spots = [i for i, c in enumerate(out) if c != "x"] or [0]
        i = spots[int(torch.randint(len(spots), ()))]
        out[i] = {"(": "[", "[": "(", ")": "]", "]": ")", "x": "("}[out[i]]
    return torch.tensor([CODE[c] for c in out])


def collate(rows):
    words, labels = zip(*rows, strict=True)
    return pad_sequence(words, batch_first=True), torch.tensor([len(w) for w in words]), torch.tensor(labels)


def make(n):
    labels = torch.randint(0, 2, (n,)).tolist()
    return [(word(bool(k)), float(k)) for k in labels]


class Checker(nn.Module):
    def __init__(self, hidden=40):
        super().__init__()
        self.emb = nn.Embedding(6, 12, padding_idx=0)
        self.gru = nn.GRU(12, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 1)

    def forward(self, ids, lengths):
        packed = pack_padded_sequence(self.emb(ids), lengths, batch_first=True, enforce_sorted=False)
        _, last = self.gru(packed)
        return self.out(last[-1]).squeeze(1)


train = DataLoader(make(4000), batch_size=64, shuffle=True, collate_fn=collate)
test = DataLoader(make(800), batch_size=200, collate_fn=collate)
model, criterion, epochs = Checker(), nn.BCEWithLogitsLoss(), 12
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.5e-2, epochs=epochs, steps_per_epoch=len(train))

for epoch in range(epochs):
    total = 0.0
    for ids, lengths, labels in train:
        loss = criterion(model(ids, lengths), labels)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total += loss.item() / len(train)
    if epoch % 3 == 2:
        print(f"epoch {epoch + 1}: loss {total:.4f} lr {schedule.get_last_lr()[0]:.5f}")

right = 0
with torch.no_grad():
    for ids, lengths, labels in test:
        right += ((model(ids, lengths) > 0) == labels.bool()).sum().item()
print(f"final accuracy: {right / 800:.4f}")
