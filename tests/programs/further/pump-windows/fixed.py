"""Remaining wear of pumps from vibration windows."""
import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset

N_PUMPS, LENGTH, WINDOW, STRIDE = 100, 400, 128, 8


def simulate_pump(rng):
    """Vibration of one pump: resonances, knocks that grow with wear, and noise."""
    wear = rng.uniform(0, 1)
    t = np.arange(LENGTH)
    f = rng.uniform(0.02, 0.12, 3)
    a = rng.uniform(0.4, 1.2, 3)
    ph = rng.uniform(0, 2 * np.pi, 3)
    x = sum(ai * np.sin(2 * np.pi * fi * t + p) for ai, fi, p in zip(a, f, ph))
    knock = np.zeros(LENGTH)
    knock[rng.random(LENGTH) < 0.15] = 1.0
    knock = np.convolve(knock, [1.0, -0.7, 0.3])[:LENGTH]
    gain = 2.0 * wear * rng.uniform(0.75, 1.25)
    return x + gain * knock + rng.normal(0, 0.15, LENGTH), wear


class Windows(Dataset):
    def __init__(self, items, mean=None, std=None):
        self.x = np.stack([w for w, _, _ in items]).astype("float32")
        self.y = np.array([w for _, w, _ in items], dtype="float32")
        self.mean = self.x.mean() if mean is None else mean
        self.std = self.x.std() if std is None else std

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return torch.from_numpy((self.x[i] - self.mean) / self.std).unsqueeze(0), self.y[i]


def cut(seed):
    rng = np.random.default_rng(seed)
    items = []
    for pump in range(N_PUMPS):
        x, wear = simulate_pump(rng)
        for s in range(0, LENGTH - WINDOW + 1, STRIDE):
            items.append((x[s : s + WINDOW], wear, pump))
    return items


def split(items, seed, share=0.25):
    rng = np.random.default_rng(seed)
    groups = np.array([pump for _, _, pump in items])
    ids = rng.permutation(np.unique(groups))
    held = np.isin(groups, ids[: int(share * len(ids))])
    return [items[i] for i in np.where(~held)[0]], [items[i] for i in np.where(held)[0]]


class WearNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv1d(1, 16, 7, padding=3), nn.ReLU(), nn.MaxPool1d(2),
            nn.Conv1d(16, 32, 5, padding=2), nn.ReLU(), nn.MaxPool1d(2),
        )
        self.regress = nn.Sequential(nn.Flatten(), nn.Linear(32 * 32, 64), nn.ReLU(), nn.Linear(64, 1))

    def forward(self, x):
        return self.regress(self.features(x)).squeeze(1)


@torch.no_grad()
def r2_mae(model, loader):
    model.eval()
    p = torch.cat([model(x) for x, _ in loader])
    y = torch.cat([y for _, y in loader])
    return (1 - ((y - p) ** 2).sum() / ((y - y.mean()) ** 2).sum()).item(), (y - p).abs().mean().item()


if __name__ == "__main__":
    torch.manual_seed(6)
    train_items, test_items = split(cut(seed=6), seed=6)
    train_set = Windows(train_items)
    test_set = Windows(test_items, train_set.mean, train_set.std)
    print(f"{len(train_set)} training windows, {len(test_set)} test windows")
    train_loader = DataLoader(train_set, batch_size=64, shuffle=True)
    test_loader = DataLoader(test_set, batch_size=256)

    model = WearNet()
    opt = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2)
    for epoch in range(16):
        model.train()
        total = 0.0
        for x, y in train_loader:
            opt.zero_grad()
            loss = nn.functional.mse_loss(model(x), y)
            loss.backward()
            opt.step()
            total += loss.item() * len(y)
        print(f"epoch {epoch:2d} train mse {total / len(train_set):.4f}")
    print("test R2 %.4f, MAE %.4f" % r2_mae(model, test_loader))
