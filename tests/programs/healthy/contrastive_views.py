"""Two views of each example are pulled together: a softmax over the batch, in the loss, and targets that count rows."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(640, 10)
turn = torch.linalg.qr(torch.randn(10, 10)).Q


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 16))

    def forward(self, x):
        return F.normalize(self.body(x), dim=1)


def agreement(left, right, temperature=0.2):
    scores = left @ right.T / temperature
    same = torch.arange(len(scores))
    return (F.cross_entropy(scores, same) + F.cross_entropy(scores.T, same)) / 2


left, right = Encoder(), Encoder()
optimizer = torch.optim.Adam([*left.parameters(), *right.parameters()], lr=3e-3)
for epoch in range(10):
    for rows in torch.randperm(512).split(64):
        one = x[rows] + 0.1 * torch.randn(len(rows), 10)
        other = (x[rows] + 0.1 * torch.randn(len(rows), 10)) @ turn
        loss = agreement(left(one), right(other))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
left.eval()
right.eval()
with torch.no_grad():
    held_out = x[512:]
    print("held-out loss", agreement(left(held_out), right(held_out @ turn)).item())
