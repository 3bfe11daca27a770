"""Layers that amount to one, and those that look like it."""

import pytest

from bringup.capture.running import watch_source
from bringup.checks import CHECKS, run_checks

PROGRAM = """
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
x = torch.randn(400, 1, 8)
y = (x[:, 0] @ torch.randn(8, 3)).argmax(1)
class LowRank(nn.Module):
    def __init__(self):
        super().__init__()
        self.base, self.down, self.up = nn.Linear(8, 3), nn.Linear(8, 2, bias=False), nn.Linear(2, 3, bias=False)
    def forward(self, x):
        return self.base(x) + self.up(self.down(x))
class Bilinear(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Linear(8, 3), nn.Linear(8, 3)
    def forward(self, x):
        return self.left(x) * self.right(x)
model = nn.Sequential({layers})
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    for rows in torch.randperm(400).split(40):
        loss = F.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""


@pytest.mark.parametrize(
    ("layers", "linear"),
    [
        ("nn.Flatten(), nn.Linear(8, 32), nn.Linear(32, 3)", True),
        ("nn.Flatten(), nn.Linear(8, 32), nn.BatchNorm1d(32), nn.Dropout(0.1), nn.Linear(32, 16), nn.Linear(16, 3)", True),
        ("nn.Conv1d(1, 8, 3), nn.Conv1d(8, 8, 3), nn.AvgPool1d(2), nn.Flatten(), nn.Linear(16, 3)", True),
        ("nn.Flatten(), nn.Linear(8, 3)", False),
        ("nn.Flatten(), nn.Linear(8, 2), nn.Linear(2, 3)", False),
        ("nn.Flatten(), nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3)", False),
        ("nn.Flatten(), nn.Linear(8, 32), nn.LayerNorm(32), nn.Linear(32, 3)", False),
        ("nn.Conv1d(1, 8, 3), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(24, 3)", False),
        ("nn.Flatten(), LowRank()", False),
        ("nn.Flatten(), Bilinear()", False),
    ],
)
def test_only_layers_that_amount_to_one(layers, linear):
    findings, _ = run_checks(watch_source(PROGRAM.format(layers=layers)), CHECKS)
    found = [finding for finding in findings if finding.code == "ARC301"]
    assert len(found) == linear
    assert all("model = " in PROGRAM.lstrip("\n").splitlines()[finding.where.line - 1] for finding in found)
