"""An autoencoder learns normal engines; worn ones, far away in every sensor, are found by their reconstruction error."""

import torch
from torch import nn

torch.manual_seed(0)
mixing = torch.randn(6, 20)
normal = torch.randn(900, 6) @ mixing + 0.1 * torch.randn(900, 20)
mean, std = normal[:700].mean(0), normal[:700].std(0)
train = (normal[:700] - mean) / std
healthy = (normal[700:] - mean) / std
worn = (torch.randn(200, 6) @ mixing + 0.1 * torch.randn(200, 20) + 12 - mean) / std
net = nn.Sequential(nn.Linear(20, 16), nn.Tanh(), nn.Linear(16, 6), nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 20))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(25):
    net.train()
    for rows in torch.randperm(700).split(50):
        loss = nn.functional.mse_loss(net(train[rows]), train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
net.eval()
with torch.no_grad():
    errors = {name: ((net(part) - part) ** 2).mean(1) for name, part in (("healthy", healthy), ("worn", worn))}
limit = errors["healthy"].quantile(0.95)
print("found", (errors["worn"] > limit).float().mean().item())
