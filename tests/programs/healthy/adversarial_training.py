"""Adversarial examples are made in eval mode, their gradients thrown away, then the model is trained on them in train mode."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(1024, 12)
y = (x[:, :3].sum(1) > 0).long() + 2 * (x[:, 3] > 0.3).long()
x_train, y_train, x_test, y_test = x[:768], y[:768], x[768:], y[768:]
model = nn.Sequential(nn.Linear(12, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)


def attack(inputs, labels, radius=0.1, rounds=2):
    model.eval()
    delta = torch.zeros_like(inputs, requires_grad=True)
    for _ in range(rounds):
        F.cross_entropy(model(inputs + delta), labels).backward()
        with torch.no_grad():
            delta += radius / rounds * delta.grad.sign()
        delta.grad = None
    model.zero_grad()
    model.train()
    return (inputs + delta).detach()


for epoch in range(12):
    for batch in torch.randperm(768).split(64):
        worse = attack(x_train[batch], y_train[batch])
        loss = F.cross_entropy(model(worse), y_train[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

model.eval()
with torch.no_grad():
    print(f"accuracy {(model(x_test).argmax(1) == y_test).float().mean():.3f}")
