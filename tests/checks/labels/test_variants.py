"""Labels that do not belong to their inputs, where there are several a row, or one class is rare."""

import pytest

from bringup.capture.running import watch_source
from bringup.checks import CHECKS, run_checks

PROGRAM = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(1600, 8)
y = {labels}
{between}
net = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, y.shape[1]))
optimizer = torch.optim.Adam(net.parameters(), lr=0.005)
for epoch in range(8):
    for rows in torch.randperm(1000).split(40):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
net.eval()
with torch.no_grad():
    loss = nn.functional.binary_cross_entropy_with_logits(net(x[1000:]), y[1000:])
"""
LABELS = {
    "several": "torch.stack([x[:, 0] > 0, x[:, 1] > 1, x[:, 2] + x[:, 3] > 0], 1).float()",
    "a rare class": "(x[:, :2].sum(1, keepdim=True) > 1.7).float()",
}


@pytest.mark.parametrize("between", ["", "x = x[x[:, 5].argsort()]"])
@pytest.mark.parametrize("name", LABELS)
def test_inputs_that_were_sorted_apart_from_their_labels(name: str, between: str):
    record = watch_source(PROGRAM.replace("{labels}", LABELS[name]).replace("{between}", between))
    found = {finding.code for finding in run_checks(record, CHECKS)[0] if finding.severity.loud}
    assert found == ({"LAB301"} if between else set())
