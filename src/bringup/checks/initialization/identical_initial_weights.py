"""INI301 identical-initial-weights."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.network import STEPS, alike
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class IdenticalInitialWeights(Check):
    """All units of a layer begin with the same weights, and stay the same.

    ## What it detects
    A hidden layer whose weights are all zero, or all one number, or the same for each unit.

    ## Why it is bad
    Units with the same weights compute the same, get the same gradient and stay the same: a layer of a hundred is worth
    one. With zeros and a ReLU not even that one learns. Only the biases of the last layer move (Glorot & Bengio 2010).

    ## How it is detected
    The weights that optimizers hold are compared before the first update and on later steps: the units of a layer that
    are alike at the beginning and after {steps} updates still. A layer of zeros at the end of a network, a linear model
    that begins at 0, a residual branch or an adapter that begins at 0 does not stay alike, and is not spoken of.

    ## How to fix it
    Leave the weights as torch initialises them, or draw them at random: `nn.init.kaiming_normal_` for ReLU,
    `nn.init.xavier_uniform_` for tanh. Zeros are for biases.

    ## How it is confirmed
    Train one batch with the layers initialised anew: the loss falls.
    """

    code: ClassVar[str] = "INI301"
    name: ClassVar[str] = "identical-initial-weights"
    family: ClassVar[Family] = Family.INITIALIZATION
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "reinitialised"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(896, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 2))
for layer in model:
    if isinstance(layer, nn.Linear):
        nn.init.zeros_(layer.weight)
        nn.init.zeros_(layer.bias)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(2):
    for start in range(0, 768, 32):
        loss = nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(x[768:]).argmax(1) == y[768:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(896, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 2))
for layer in model:
    if isinstance(layer, nn.Linear):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(6):
    for start in range(0, 768, 32):
        loss = nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(x[768:]).argmax(1) == y[768:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""

    steps: int = STEPS  # updates after which units are compared again

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        record.need("weights")
        found = alike(record)
        if not found:
            return
        one = next((weight for weight in found if not weight.last), found[0])
        kept = sum(weight.still_alike for weight in found)
        value = f"all {number(one.value)}" if one.value is not None else "the same for each unit"
        yield self.finding(
            f"the weights of `{one.name}` ({one.shape[0]} units) begin {value}"
            + (
                f", and its units are alike still after {one.steps} updates" if one.still_alike else ", as in every other layer"
            ),
            Measurement(name="layers whose units begin alike", value=len(found), limit=0),
            Measurement(name="of these, alike at the last look", value=kept, limit=0, step=one.steps),
            Measurement(name="value that all weights begin with", value=one.value),
            fix="draw the weights at random: `nn.init.kaiming_normal_` or `nn.init.xavier_uniform_`",
            where=one.where,
            confidence=1.0 if kept else 0.8,
        )
