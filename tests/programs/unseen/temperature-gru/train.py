"""Next-hour temperature from the last 24 hours of temperature, humidity and cloud cover."""

import numpy as np
import pandas as pd
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

HISTORY = 24


def weather(hours, seed):
    rng = np.random.default_rng(seed)
    h = np.arange(hours)
    front = np.zeros(hours)
    cloud = np.zeros(hours)
    for k in range(1, hours):
        front[k] = 0.98 * front[k - 1] + rng.normal(0, 0.5)
        cloud[k] = 0.9 * cloud[k - 1] + rng.normal(0, 0.3)
    cloud = 1 / (1 + np.exp(-cloud))
    sun = np.maximum(0, np.sin(2 * np.pi * (h % 24 - 6) / 24))
    temp = 12 + front + 7 * sun * (1 - 0.6 * cloud) + rng.normal(0, 0.2, hours)
    humidity = 80 - 1.5 * (temp - 12) + 10 * cloud + rng.normal(0, 2, hours)
    return pd.DataFrame({"temp": temp, "humidity": humidity, "cloud": cloud})


class Windows(Dataset):
    def __init__(self, frame):
        self.values = torch.tensor(frame.to_numpy(), dtype=torch.float32)

    def __len__(self):
        return len(self.values) - HISTORY

    def __getitem__(self, i):
        return self.values[i : i + HISTORY], self.values[i + HISTORY, 0]


class Forecaster(nn.Module):
    def __init__(self, n_in=3, hidden=32):
        super().__init__()
        self.gru = nn.GRU(n_in, hidden, batch_first=True)
        self.fc1 = nn.Linear(hidden, 16)
        self.fc2 = nn.Linear(16, 1)

    def forward(self, x):
        _, h = self.gru(x)
        z = F.relu(self.fc1(h[-1]))
        return F.relu(self.fc2(z)).squeeze(-1)


def main():
    torch.manual_seed(8)
    df = weather(2600, seed=8)
    train, test = df.iloc[:2000], df.iloc[2000:]
    mean, std = train.mean(), train.std()
    train_loader = DataLoader(Windows((train - mean) / std), batch_size=64, shuffle=True)
    test_loader = DataLoader(Windows((test - mean) / std), batch_size=256)

    model = Forecaster()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(10):
        model.train()
        total, seen = 0.0, 0
        for x, y in train_loader:
            loss = F.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total, seen = total + loss.item() * len(y), seen + len(y)
        print(f"epoch {epoch + 1:2d} mse {total / seen:.4f}")

    model.eval()
    preds, truth = [], []
    with torch.no_grad():
        for x, y in test_loader:
            preds.append(model(x))
            truth.append(y)
    preds, truth = torch.cat(preds), torch.cat(truth)
    print(f"mean absolute error {(preds - truth).abs().mean().item() * std['temp']:.2f} degrees")
    r2 = 1 - ((preds - truth) ** 2).sum() / ((truth - truth.mean()) ** 2).sum()
    print(f"final r2: {r2.item():.4f}")


if __name__ == "__main__":
    main()
