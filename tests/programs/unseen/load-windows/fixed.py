"""One-step-ahead model of hourly electricity load, rolled out over a day."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

LOOKBACK = 48
HORIZON = 24


def hourly_load(days=110):
    rng = np.random.default_rng(12)
    h = np.arange(24 * days)
    daily = np.sin(2 * np.pi * (h % 24 - 8) / 24) + 0.4 * np.sin(4 * np.pi * (h % 24) / 24)
    weekly = np.where((h // 24) % 7 >= 5, -0.5, 0.0)
    level = 0.2 * np.sin(2 * np.pi * h / (24 * 30))
    return (50 + 10 * (daily + weekly + level) + rng.normal(0, 0.6, len(h))).astype(np.float32)


class LoadDataset(Dataset):
    def __init__(self, series, lookback):
        self.series = torch.as_tensor(series)
        self.lookback = lookback

    def __len__(self):
        return len(self.series) - self.lookback

    def __getitem__(self, i):
        window = self.series[i : i + self.lookback]
        target = self.series[i + self.lookback]
        return window, target


class ConvForecaster(nn.Module):
    def __init__(self, lookback):
        super().__init__()
        self.features = nn.Sequential(nn.Conv1d(1, 16, 5, padding=2), nn.ReLU(), nn.Conv1d(16, 16, 5, padding=2), nn.ReLU())
        self.head = nn.Linear(16 * lookback, 1)

    def forward(self, x):
        return self.head(self.features(x.unsqueeze(1)).flatten(1)).squeeze(1)


def rollout(model, history, steps):
    window = history.clone()
    out = []
    with torch.no_grad():
        for _ in range(steps):
            nxt = model(window[:, -LOOKBACK:])
            out.append(nxt)
            window = torch.cat([window, nxt.unsqueeze(1)], dim=1)
    return torch.stack(out, dim=1)


def main():
    torch.manual_seed(12)
    load = hourly_load()
    split = 24 * 80
    mu, sd = load[:split].mean(), load[:split].std()
    scaled = (load - mu) / sd
    train_loader = DataLoader(LoadDataset(scaled[:split], LOOKBACK), batch_size=64, shuffle=True)
    val_loader = DataLoader(LoadDataset(scaled[split:], LOOKBACK), batch_size=256)

    model = ConvForecaster(LOOKBACK)
    opt = torch.optim.Adam(model.parameters(), lr=1e-3)
    mse = nn.MSELoss()
    for epoch in range(1, 16):
        model.train()
        for window, target in train_loader:
            opt.zero_grad()
            loss = mse(model(window), target)
            loss.backward()
            opt.step()
        model.eval()
        with torch.no_grad():
            val = np.mean([mse(model(w), t).item() for w, t in val_loader])
        print(f"epoch {epoch} train {loss.item():.5f} val {val:.5f}")

    starts = range(split, len(scaled) - LOOKBACK - HORIZON, 24)
    history = torch.stack([torch.as_tensor(scaled[s : s + LOOKBACK]) for s in starts])
    truth = torch.stack([torch.as_tensor(scaled[s + LOOKBACK : s + LOOKBACK + HORIZON]) for s in starts])
    mae = (rollout(model, history, HORIZON) - truth).abs().mean().item() * sd
    print(f"final day-ahead mae: {mae:.4f}")


if __name__ == "__main__":
    main()
