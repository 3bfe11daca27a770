"""A linear autoencoder finds the plane that the data lie in: two linear layers with a narrow one between, on purpose."""

import torch
from torch import nn

torch.manual_seed(0)
plane = torch.randn(3, 12) / 3**0.5
x = torch.randn(700, 3) @ plane + 0.1 * torch.randn(700, 12)
train, test = x[:500], x[500:]

model = nn.Sequential(nn.Linear(12, 3, bias=False), nn.Linear(3, 12, bias=False))
optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
for epoch in range(12):
    for rows in torch.randperm(500).split(50):
        loss = ((model(train[rows]) - train[rows]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("held-out error", ((model(test) - test) ** 2).mean().item())
