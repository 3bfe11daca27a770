"""Other programs whose weight decay is too strong, and such whose is not."""

import pytest

from bringup.capture.running import watch_source
from bringup.checks import CHECKS, run_checks

DIGITS = """
import torch
from sklearn.datasets import load_digits
from torch import nn
torch.manual_seed(0)
x, y = load_digits(return_X_y=True)
x, y = (torch.tensor(x, dtype=torch.float32) - 4.9) / 6, torch.tensor(y)
order = torch.randperm(len(x))
train, test = order[:1400], order[1400:]
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = {optimizer}
for epoch in range(10):
    for rows in train[torch.randperm(1400)].split(35):
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print((net(x[test]).argmax(1) == y[test]).float().mean())
"""


@pytest.mark.parametrize(
    ("optimizer", "found"),
    [
        ("torch.optim.SGD(net.parameters(), lr=0.03, momentum=0.9, weight_decay=0.16)", True),
        ("torch.optim.SGD(net.parameters(), lr=0.03, momentum=0.9, weight_decay=0.01)", False),
        ("torch.optim.SGD(net.parameters(), lr=0.03, momentum=0.9, weight_decay=5e-4)", False),
        ("torch.optim.AdamW(net.parameters(), lr=0.001, weight_decay=0.1)", False),
    ],
)
def test_a_decay_that_leaves_half_of_the_weights(optimizer: str, found: bool):
    findings, _ = run_checks(watch_source(DIGITS.replace("{optimizer}", optimizer)), CHECKS)
    assert ("REG301" in {finding.code for finding in findings}) == found
