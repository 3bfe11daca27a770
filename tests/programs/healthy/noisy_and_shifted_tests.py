"""Robustness: the same test rows again, darker, shifted and noisy; the last result is the worst on purpose."""

import torch
from torch import nn

from sklearn.datasets import load_digits

torch.manual_seed(0)
digits = load_digits()
x, y = torch.tensor(digits.data / 16, dtype=torch.float32), torch.tensor(digits.target)
order = torch.randperm(len(x))
train, test = order[:1400], order[1400:]
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=0.003)
for epoch in range(12):
    net.train()
    for rows in train[torch.randperm(len(train))].split(50):
        noisy = x[rows] + 0.1 * torch.randn(len(rows), 64)
        loss = nn.functional.cross_entropy(net(noisy), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
net.eval()
with torch.no_grad():
    clean = net(x[test]).argmax(1)
    dark = net(0.3 * x[test]).argmax(1)
    bright = net(x[test] + 0.5).argmax(1)
for name, answer in (("clean", clean), ("dark", dark), ("bright", bright)):
    print(name, (answer == y[test]).float().mean().item())
