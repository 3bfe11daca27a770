"""Predict a long signal chunk by chunk; the hidden state is carried over, the graph is not."""

import math

import torch
from torch import nn

torch.manual_seed(18)


class Carrier(nn.Module):
    def __init__(self, n_streams, hidden=32):
        super().__init__()
        self.cell = nn.GRU(1, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 1)
        self.register_buffer("state", torch.zeros(1, n_streams, hidden))

    def reset(self):
        self.state = torch.zeros_like(self.state)

    def forward(self, x):
        out, state = self.cell(x, self.state)
        self.state = state.detach()
        return x + self.head(out)


def streams(n, length):
    t = torch.arange(length).float()
    period = torch.empty(n, 1).uniform_(18, 40)
    phase = torch.rand(n, 1) * 2 * math.pi
    wave = torch.sin(2 * math.pi * t / period + phase) + 0.5 * torch.sin(4 * math.pi * t / period + 2 * phase)
    return (wave + 0.02 * torch.randn(n, length)).unsqueeze(-1)


LENGTH, CHUNK, N = 601, 30, 24
train, test = streams(N, LENGTH), streams(N, LENGTH)
model = Carrier(N)
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)

for epoch in range(15):
    model.reset()
    total = 0.0
    for start in range(0, LENGTH - 1, CHUNK):
        inp, target = train[:, start : start + CHUNK], train[:, start + 1 : start + CHUNK + 1]
        loss = nn.functional.mse_loss(model(inp), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    if epoch % 3 == 2:
        print(f"epoch {epoch + 1}: mse {total / 20:.5f}")

model.reset()
with torch.no_grad():
    pred = torch.cat([model(test[:, s : s + CHUNK]) for s in range(0, LENGTH - 1, CHUNK)], dim=1)
target = test[:, 1:]
print(f"copying the last value gives mse {nn.functional.mse_loss(test[:, :-1], target).item():.5f}")
print(f"final r2: {1 - (nn.functional.mse_loss(pred, target) / target.var()).item():.5f}")
