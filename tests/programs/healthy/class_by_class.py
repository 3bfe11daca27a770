"""Every class is judged on its own, with a loader of its own, as a report per class wants it."""

import torch
from torch import nn

from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
y = torch.randint(4, (1200,))
x = torch.randn(1200, 8) + 1.5 * torch.randn(4, 8)[y]
train = DataLoader(TensorDataset(x[:900], y[:900]), batch_size=50, shuffle=True)
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(10):
    net.train()
    for xb, yb in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(xb), yb).backward()
        optimizer.step()
net.eval()
hits, seen = 0, 0
with torch.no_grad():
    for label in range(4):
        mine = y[900:] == label
        right = 0
        for xb, yb in DataLoader(TensorDataset(x[900:][mine], y[900:][mine]), batch_size=25):
            right += (net(xb).argmax(1) == yb).sum().item()
        print("class", label, "recall", right / mine.sum().item())
        hits, seen = hits + right, seen + mine.sum().item()
print("accuracy", hits / seen)
