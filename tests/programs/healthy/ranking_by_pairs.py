"""A ranker that compares all pairs of a batch on purpose, with scores that a scaled tanh keeps in bounds."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(700, 6)
worth = x @ torch.randn(6) + 0.3 * torch.randn(700)


class Ranker(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, x):
        return 6 * torch.tanh(self.body(x).squeeze(1) / 6)


def pair_loss(scores, worth):
    wanted = torch.sign(worth.unsqueeze(1) - worth)
    return F.softplus(-wanted * (scores.unsqueeze(1) - scores)).mean()


model = Ranker()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(10):
    for rows in torch.randperm(500).split(50):
        loss = pair_loss(model(x[rows]), worth[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("loss of held-out pairs", pair_loss(model(x[500:]), worth[500:]).item())
