"""Inverse kinematics of a two-joint arm: from the tip position to the joint angles."""

import math

import torch
from torch import nn, optim
from torch.optim.lr_scheduler import ExponentialLR
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(20)
L1, L2 = 1.0, 0.7


def tip(angles):
    a, b = angles[:, 0], angles[:, 0] + angles[:, 1]
    return torch.stack([L1 * a.cos() + L2 * b.cos(), L1 * a.sin() + L2 * b.sin()], dim=1)


def poses(n):
    low, high = torch.tensor([0.1, 0.3]), torch.tensor([math.pi / 2, math.pi - 0.4])
    q = low + (high - low) * torch.rand(n, 2)
    return tip(q), q


x_train, q_train = poses(2000)
x_test, q_test = poses(500)
loader = DataLoader(TensorDataset(x_train, q_train), batch_size=32, shuffle=True)

net = nn.Sequential(nn.Linear(2, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 2))
optimizer = optim.Adam(net.parameters(), lr=5e-3)
scheduler = ExponentialLR(optimizer, gamma=0.9)
criterion = nn.MSELoss()

n_epochs = 25
for epoch in range(n_epochs):
    total = 0.0
    for x, q in loader:
        optimizer.zero_grad()
        loss = criterion(net(x), q)
        loss.backward()
        optimizer.step()
        total += loss.item()
    scheduler.step()
    if epoch % 4 == 0:
        print(f"{epoch:3d} loss {total / len(loader):.6f} lr {scheduler.get_last_lr()[0]:.2e}")

with torch.no_grad():
    reached = tip(net(x_test))
print(f"final distance: {(reached - x_test).norm(dim=1).mean().item():.4f}")
