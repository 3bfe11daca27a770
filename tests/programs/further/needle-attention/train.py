"""
Associative recall: a sequence holds key/value pairs and ends with a query key.
The network has to return the value that stood behind that key.
"""
import math
import random

import torch
import torch.nn as nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset

N_KEYS, N_VALUES, DIM = 12, 6, 48
PAD_KEY, PAD_VALUE = N_KEYS, N_VALUES


class RecallDataset(Dataset):
    def __init__(self, n, seed):
        gen = random.Random(seed)
        self.items = []
        for _ in range(n):
            m = gen.randint(2, 10)
            keys = gen.sample(range(N_KEYS), m)
            values = [gen.randrange(N_VALUES) for _ in keys]
            j = gen.randrange(m)
            self.items.append((keys, values, keys[j], values[j]))

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]


def collate(batch):
    keys = pad_sequence([torch.tensor(b[0]) for b in batch], batch_first=True, padding_value=PAD_KEY)
    values = pad_sequence([torch.tensor(b[1]) for b in batch], batch_first=True, padding_value=PAD_VALUE)
    lengths = torch.tensor([len(b[0]) for b in batch])
    query = torch.tensor([b[2] for b in batch])
    answer = torch.tensor([b[3] for b in batch])
    return keys, values, lengths, query, answer


class Recall(nn.Module):
    def __init__(self):
        super().__init__()
        self.key_emb = nn.Embedding(N_KEYS + 1, DIM, padding_idx=PAD_KEY)
        self.val_emb = nn.Embedding(N_VALUES + 1, DIM, padding_idx=PAD_VALUE)
        self.wq, self.wk, self.wv = (nn.Linear(DIM, DIM) for _ in range(3))
        self.norm = nn.LayerNorm(DIM)
        self.head = nn.Sequential(nn.Linear(DIM, 64), nn.GELU(), nn.Linear(64, N_VALUES))

    def forward(self, keys, values, lengths, query):
        k = self.key_emb(keys)
        v = k + self.val_emb(values)
        q = self.wq(self.key_emb(query)).unsqueeze(1)
        positions = torch.arange(keys.size(1)).unsqueeze(0)
        mask = positions < lengths.unsqueeze(1)
        scores = q @ self.wk(k).transpose(1, 2) / math.sqrt(DIM)
        scores = scores.masked_fill(mask.unsqueeze(1), -1e9)
        out = scores.softmax(-1) @ self.wv(v)
        return self.head(self.norm(out.squeeze(1)))


@torch.no_grad()
def accuracy(model, loader):
    model.eval()
    hit = total = 0
    for keys, values, lengths, query, answer in loader:
        pred = model(keys, values, lengths, query).argmax(1)
        hit += (pred == answer).sum().item()
        total += len(answer)
    return hit / total


def main():
    torch.manual_seed(11)
    train = DataLoader(RecallDataset(6000, 1), batch_size=64, shuffle=True, collate_fn=collate)
    valid = DataLoader(RecallDataset(1000, 2), batch_size=250, collate_fn=collate)
    test = DataLoader(RecallDataset(1000, 3), batch_size=250, collate_fn=collate)

    model = Recall()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=8)

    for epoch in range(8):
        model.train()
        running, seen = 0.0, 0
        for keys, values, lengths, query, answer in train:
            optimizer.zero_grad()
            loss = criterion(model(keys, values, lengths, query), answer)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            running += loss.item() * len(answer)
            seen += len(answer)
        scheduler.step()
        print(f"epoch {epoch:2d} | loss {running / seen:.4f} | valid acc {accuracy(model, valid):.3f}")
    print(f"test accuracy {accuracy(model, test):.4f}")


if __name__ == "__main__":
    main()
