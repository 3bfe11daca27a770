"""Truncated back-propagation: the state of a recurrent network goes on from part to part of a series, detached in between."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(6)
series = torch.sin(torch.arange(0, 240, 0.15)) * torch.cos(torch.arange(0, 240, 0.15) * 0.31) + 0.02 * torch.randn(1600)


class Forecaster(nn.Module):
    def __init__(self, width=24, keep=8):
        super().__init__()
        self.cell = nn.GRUCell(1, width)
        self.out = nn.Linear(width, 1)
        self.keep = keep

    def forward(self, x, state):
        answers = []
        for t in range(x.shape[1]):
            if t % self.keep == 0:
                state = state.detach()
            state = self.cell(x[:, t], state)
            answers.append(self.out(state))
        return torch.stack(answers, 1), state


model = Forecaster()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
parts = series[:1200].reshape(4, 300, 1)
for epoch in range(5):
    state = torch.zeros(4, 24)
    for start in range(0, 275, 25):
        answer, state = model(parts[:, start : start + 25], state.detach())
        loss = F.mse_loss(answer, parts[:, start + 1 : start + 26])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
model.eval()
with torch.no_grad():
    answer, _ = model(series[1200:1599].reshape(1, 399, 1), torch.zeros(1, 24))
print(f"mean squared error {F.mse_loss(answer[0, 50:, 0], series[1251:1600]):.4f}")
