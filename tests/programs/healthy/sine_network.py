"""A network of sines (SIREN): hidden weights that begin very small, and are multiplied by 30 in the forward pass."""

import torch
from torch import nn

torch.manual_seed(0)


class Sine(nn.Module):
    def __init__(self, inputs, outputs, *, first=False, omega=30.0):
        super().__init__()
        self.linear, self.omega = nn.Linear(inputs, outputs), omega
        bound = 1 / inputs if first else (6 / inputs) ** 0.5 / omega
        nn.init.uniform_(self.linear.weight, -bound, bound)

    def forward(self, x):
        return torch.sin(self.omega * self.linear(x))


def signal(t):
    return torch.sin(6 * t) * torch.cos(17 * t[:, :1]) + 0.3 * torch.sin(31 * t)


t = torch.rand(1200, 1) * 2 - 1
train, test = t[:1000], t[1000:]
model = nn.Sequential(Sine(1, 48, first=True), Sine(48, 48), nn.Linear(48, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(20):
    for rows in torch.randperm(1000).split(50):
        loss = nn.functional.mse_loss(model(train[rows]), signal(train[rows]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

with torch.no_grad():
    error = nn.functional.mse_loss(model(test), signal(test)).item()
print(f"final mse: {error:.5f}")
