import random

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

random.seed(14)
torch.manual_seed(14)

WORDS = {
    1: "awful broken refund terrible useless worst never".split(),
    2: "disappointing slow poor noisy weak cheap".split(),
    3: "okay average fine usable acceptable mixed".split(),
    4: "good solid nice quick sturdy pleasant".split(),
    5: "excellent perfect love superb brilliant best".split(),
}
FILLER = "the a it this product box delivery arrived was is and i we day bought".split()


def review(stars):
    words = random.choices(WORDS[stars], k=2) + random.choices(FILLER, k=random.randint(4, 10))
    if random.random() < 0.2:
        words.append(random.choice(WORDS[min(5, max(1, stars + random.choice([-1, 1])))]))
    random.shuffle(words)
    return words


data = [(review(s), s) for s in random.choices(range(1, 6), k=1600)]
vocab = {"<pad>": 0}
for words, _ in data[:1300]:
    for w in words:
        vocab.setdefault(w, len(vocab))


def collate(rows):
    ids = [torch.tensor([vocab[w] for w in words]) for words, _ in rows]
    stars = torch.tensor([s for _, s in rows])
    return pad_sequence(ids, batch_first=True), stars - 1


train = torch.utils.data.DataLoader(data[:1300], batch_size=32, shuffle=True, collate_fn=collate)
test = torch.utils.data.DataLoader(data[1300:], batch_size=100, collate_fn=collate)


class BagOfWords(nn.Module):
    def __init__(self, n_words, n_out=5, dim=24):
        super().__init__()
        self.emb = nn.Embedding(n_words, dim, padding_idx=0)
        self.out = nn.Sequential(nn.Linear(dim, 32), nn.ReLU(), nn.Linear(32, n_out))

    def forward(self, ids):
        lengths = (ids != 0).sum(1, keepdim=True)
        return self.out(self.emb(ids).sum(1) / lengths)


model = BagOfWords(len(vocab))
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(12):
    for ids, target in train:
        loss = nn.functional.cross_entropy(model(ids), target)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(f"epoch {epoch + 1} loss {loss.item():.4f}")

right = n = 0
with torch.no_grad():
    for ids, target in test:
        right += (model(ids).argmax(1) == target).sum().item()
        n += len(target)
print(f"final accuracy: {right / n:.4f}")
