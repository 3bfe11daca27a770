"""Density of polymer blends; small micro-batches, one update for every eight of them."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(35)
rng = np.random.default_rng(35)

share = rng.dirichlet(np.ones(5), 1600)
pure = np.array([0.91, 1.05, 1.18, 1.38, 2.17])
density = 1 / (share @ (1 / pure)) + 0.25 * share[:, 0] * share[:, 2] - 0.3 * share[:, 1] * share[:, 4]
density += 0.003 * rng.standard_normal(1600)
x = torch.tensor((share - share[:1280].mean(0)) / share[:1280].std(0), dtype=torch.float32)
y = torch.tensor((density - density[:1280].mean()) / density[:1280].std(), dtype=torch.float32).unsqueeze(1)

loader = DataLoader(TensorDataset(x[:1280], y[:1280]), batch_size=4, shuffle=True)
accumulate = 8

model = nn.Sequential(nn.Linear(5, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
mse = nn.MSELoss()

for epoch in range(12):
    running = 0.0
    optimizer.zero_grad()
    for i, (xb, yb) in enumerate(loader, start=1):
        loss = mse(model(xb), yb)
        running += loss.item()
        (loss / accumulate).backward()
        if i % accumulate == 0:
            optimizer.step()
            optimizer.zero_grad()
    print(f"epoch {epoch + 1}: mse {running / len(loader):.5f}")

with torch.no_grad():
    error = mse(model(x[1280:]), y[1280:]) / y[1280:].var()
print(f"final r2: {1 - error.item():.4f}")
