import random

import torch
from torch import nn
from torch.utils.data import DataLoader

random.seed(40)
torch.manual_seed(40)

# word lists per tag; "light", "watch" and friends depend on the word before
LEX = {
    "DET": "the a this every some".split(),
    "NOUN": "dog house river light watch plan idea garden walk play".split(),
    "VERB": "sees finds light watch plan walk play likes makes takes".split(),
    "ADJ": "small red quiet light strange old warm".split(),
    "PRON": "she he they we you".split(),
}
TAGS = list(LEX)
PATTERNS = ["PRON VERB DET NOUN", "DET NOUN VERB DET ADJ NOUN", "DET ADJ NOUN VERB PRON", "PRON VERB PRON", "PRON VERB"]
WORDS = {"<pad>": 0}
for words in LEX.values():
    for w in words:
        WORDS.setdefault(w, len(WORDS))
PAD_TO = 80


def sentence():
    tags = " ".join(random.choices(PATTERNS, k=random.randint(1, 3))).split()
    return [WORDS[random.choice(LEX[t])] for t in tags], [TAGS.index(t) for t in tags]


def collate(batch):
    ids = torch.zeros(len(batch), PAD_TO, dtype=torch.long)
    tags = torch.zeros(len(batch), PAD_TO, dtype=torch.long)
    for i, (w, t) in enumerate(batch):
        ids[i, : len(w)] = torch.tensor(w)
        tags[i, : len(t)] = torch.tensor(t)
    return ids, tags


class Tagger(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.emb = nn.Embedding(len(WORDS), dim, padding_idx=0)
        self.rnn = nn.GRU(dim, dim, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * dim, len(TAGS))

    def forward(self, ids):
        return self.out(self.rnn(self.emb(ids))[0])


train = DataLoader([sentence() for _ in range(600)], batch_size=30, shuffle=True, collate_fn=collate)
test = DataLoader([sentence() for _ in range(200)], batch_size=100, collate_fn=collate)
model = Tagger()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.5)

for epoch in range(6):
    total = 0.0
    for ids, tags in train:
        optimizer.zero_grad()
        loss = criterion(model(ids).flatten(0, 1), tags.flatten())
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(f"epoch {epoch + 1}: loss {total / len(train):.4f}")

right = words = 0
with torch.no_grad():
    for ids, tags in test:
        real = ids != 0
        right += (model(ids).argmax(-1)[real] == tags[real]).sum().item()
        words += real.sum().item()
print(f"final word accuracy: {right / words:.4f}")
