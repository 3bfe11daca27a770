"""Classify heartbeat windows of a wearable sensor (normal / early beat / pause)."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rng = np.random.default_rng(33)
torch.manual_seed(33)
T = 120


def beat(at, amp=1.0):
    t = np.arange(T)
    return amp * (np.exp(-((t - at) ** 2) / 6.0) - 0.25 * np.exp(-((t - at - 6) ** 2) / 30.0))


def window(kind):
    start, rr = rng.uniform(5, 15), rng.uniform(26, 30)
    times = [start + k * rr for k in range(5)]
    if kind == 1:
        times[2] -= 0.4 * rr
    if kind == 2:
        del times[2]
    clean = sum(beat(a) for a in times)
    w = rng.uniform(0.5, 3.0) * (clean + 0.08 * rng.standard_normal(T)) + rng.normal(0, 2)
    if rng.random() < 0.004:  # electrode off
        w[:] = w[-1]
    return w


def standardise(windows):
    """Every window on its own, since gain and offset differ between devices."""
    mean = windows.mean(axis=1, keepdims=True)
    std = windows.std(axis=1, keepdims=True)
    return (windows - mean) / (std + 1e-6)


kind = rng.integers(0, 3, 1500)
signals = standardise(np.stack([window(k) for k in kind]))
signals = torch.tensor(signals, dtype=torch.float32).unsqueeze(1)
kind = torch.tensor(kind)

train = DataLoader(TensorDataset(signals[:1200], kind[:1200]), batch_size=32, shuffle=True)
test = DataLoader(TensorDataset(signals[1200:], kind[1200:]), batch_size=100)

model = nn.Sequential(
    nn.Conv1d(1, 16, 9, stride=2, padding=4),
    nn.ReLU(),
    nn.Conv1d(16, 16, 9, stride=2, padding=4),
    nn.ReLU(),
    nn.Conv1d(16, 32, 9, stride=2, padding=4),
    nn.ReLU(),
    nn.Flatten(),
    nn.Linear(32 * 15, 3),
)
loss_fn = nn.CrossEntropyLoss()
opt = torch.optim.AdamW(model.parameters(), lr=1e-3)

for epoch in range(8):
    model.train()
    running = 0.0
    for x, k in train:
        loss = loss_fn(model(x), k)
        opt.zero_grad()
        loss.backward()
        opt.step()
        running += loss.item() / len(train)
    print(f"epoch {epoch + 1}/8 loss {running:.4f}")

model.eval()
hits = 0
with torch.no_grad():
    for x, k in test:
        hits += (model(x).argmax(1) == k).sum().item()
print(f"final accuracy: {hits / 300:.4f}")
