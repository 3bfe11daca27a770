import argparse
import random

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, Dataset


def seed_everything(s):
    random.seed(s)
    np.random.seed(s)
    torch.manual_seed(s)


class Digits(Dataset):
    def __init__(self, x, y, shift=False):
        self.x = torch.tensor(x, dtype=torch.float32).view(-1, 1, 8, 8) / 16.0
        self.y = torch.tensor(y)
        self.shift = shift

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        img = self.x[i]
        if self.shift:
            dx, dy = np.random.randint(-1, 2, size=2)
            padded = F.pad(img, (1, 1, 1, 1))
            img = padded[:, 1 + dy : 9 + dy, 1 + dx : 9 + dx]
        return (img - 0.3) / 0.38, self.y[i]


class ResBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c1 = nn.Conv2d(c, c, 3, padding=1)
        self.c2 = nn.Conv2d(c, c, 3, padding=1)

    def forward(self, x):
        return F.relu(x + self.c2(F.relu(self.c1(x))))


class SmallResNet(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.stem = nn.Conv2d(1, width, 3, padding=1)
        self.block1 = ResBlock(width)
        self.block2 = ResBlock(width)
        self.head = nn.Linear(width * 4, 10)

    def forward(self, x):
        x = F.relu(self.stem(x))
        x = F.max_pool2d(self.block1(x), 2)
        x = F.adaptive_avg_pool2d(self.block2(x), 2)
        return self.head(x.flatten(1))


@torch.no_grad()
def test(model, loader):
    model.eval()
    loss, correct = 0.0, 0
    for x, y in loader:
        out = model(x)
        loss += F.cross_entropy(out, y, reduction="sum").item()
        correct += out.argmax(1).eq(y).sum().item()
    n = len(loader.dataset)
    return loss / n, correct / n


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--epochs", type=int, default=10)
    ap.add_argument("--batch-size", type=int, default=32)
    ap.add_argument("--lr", type=float, default=0.04)
    ap.add_argument("--momentum", type=float, default=0.9)
    ap.add_argument("--weight-decay", type=float, default=0.12)
    ap.add_argument("--seed", type=int, default=7)
    args = ap.parse_args()
    seed_everything(args.seed)

    x, y = load_digits(return_X_y=True)
    x_tr, x_te, y_tr, y_te = train_test_split(x, y, test_size=0.2, stratify=y, random_state=args.seed)
    x_tr, x_va, y_tr, y_va = train_test_split(x_tr, y_tr, test_size=0.15, stratify=y_tr, random_state=args.seed)
    train_loader = DataLoader(Digits(x_tr, y_tr, shift=True), args.batch_size, shuffle=True)
    val_loader = DataLoader(Digits(x_va, y_va), 256)
    test_loader = DataLoader(Digits(x_te, y_te), 256)

    model = SmallResNet()
    opt = torch.optim.SGD(
        model.parameters(), lr=args.lr, momentum=args.momentum,
        weight_decay=args.weight_decay, nesterov=True,
    )
    sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, args.epochs)
    for epoch in range(1, args.epochs + 1):
        model.train()
        total = 0.0
        for xb, yb in train_loader:
            loss = F.cross_entropy(model(xb), yb)
            opt.zero_grad()
            loss.backward()
            opt.step()
            total += loss.item() * len(yb)
        sched.step()
        vl, va = test(model, val_loader)
        print(f"Epoch {epoch}: train loss {total / len(train_loader.dataset):.4f}, val loss {vl:.4f}, val acc {va:.4f}")
    tl, ta = test(model, test_loader)
    print(f"Test loss {tl:.4f}, test acc {ta:.4f}")


if __name__ == "__main__":
    main()
