"""Other programs whose inputs are far from unit scale."""

import pytest

from bringup.capture.running import watch_source
from bringup.checks import CHECKS, run_checks

SCALED_BACK = """
import numpy as np
import torch
from sklearn.metrics import r2_score
from torch import nn
torch.manual_seed(0)
random = np.random.default_rng(0)
z = random.normal(size=(900, 5)).astype("float32")
y = (50 + 8 * (z[:, 0] + z[:, 1] * z[:, 2]) + random.normal(size=900)).astype("float32")
x = z * np.array([300, 20, 150, 4, 60], dtype="float32") + np.array([900, 100, 500, 10, 200], dtype="float32")
{scale}
x, mean, std = torch.from_numpy(x), y[:600].mean(), y[:600].std()
target = torch.from_numpy((y - mean) / std)
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
for epoch in range(30):
    for rows in torch.randperm(600).split(30):
        loss = nn.functional.mse_loss(net(x[rows]).squeeze(1), target[rows])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
with torch.no_grad():
    answers = net(x[600:]).squeeze(1).numpy() * std + mean
print(r2_score(y[600:], answers))
"""


@pytest.mark.parametrize(("scale", "found"), [("", True), ("x = (x - x[:600].mean(0)) / x[:600].std(0)", False)])
def test_answers_that_are_scaled_back_before_they_are_judged(scale: str, found: bool):
    record = watch_source(SCALED_BACK.replace("{scale}", scale))
    (answer,) = record.need("answers")
    assert answer.simple > 0.5
    assert (answer.model > 0.7) != found
    assert ("PRE308" in {finding.code for finding in run_checks(record, CHECKS)[0]}) == found
