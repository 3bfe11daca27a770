"""One-step forecast of a tide gauge with a GRU."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

WINDOW = 24


class TideWindows(Dataset):
    def __init__(self, level):
        self.level = torch.as_tensor(level, dtype=torch.float32)

    def __len__(self):
        return len(self.level) - WINDOW

    def __getitem__(self, i):
        return self.level[i : i + WINDOW].unsqueeze(-1), self.level[i + WINDOW]


class TideGRU(nn.Module):
    def __init__(self, hidden_size=24):
        super().__init__()
        self.gru = nn.GRU(1, hidden_size, batch_first=True)
        self.linear = nn.Linear(hidden_size, 1)

    def forward(self, x):
        _, h = self.gru(x)
        return self.linear(h[-1])


def gauge(hours, rng):
    t = np.arange(hours)
    level = 1.2 * np.sin(2 * np.pi * t / 12.42) + 0.4 * np.sin(2 * np.pi * t / 24.07 + 1) + 0.2 * np.sin(2 * np.pi * t / 655)
    return level + 0.05 * rng.standard_normal(hours)


def main():
    torch.manual_seed(2)
    level = gauge(1600, np.random.default_rng(2))
    cut = 1200
    mean, std = level[:cut].mean(), level[:cut].std()
    level = (level - mean) / std
    train = DataLoader(TideWindows(level[:cut]), batch_size=32, shuffle=True)
    test = DataLoader(TideWindows(level[cut:]), batch_size=128)

    model = TideGRU()
    criterion = nn.MSELoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for epoch in range(12):
        total = 0.0
        for x, y in train:
            optimizer.zero_grad()
            loss = criterion(model(x), y.unsqueeze(1))
            loss.backward()
            optimizer.step()
            total += loss.item()
        print(f"epoch {epoch + 1} mse {total / len(train):.4f}")

    preds, truth = [], []
    with torch.no_grad():
        for x, y in test:
            preds.append(model(x).squeeze(1))
            truth.append(y)
    preds, truth = torch.cat(preds), torch.cat(truth)
    r2 = 1 - ((preds - truth) ** 2).sum() / ((truth - truth.mean()) ** 2).sum()
    print(f"final r2: {r2.item():.4f}")


if __name__ == "__main__":
    main()
