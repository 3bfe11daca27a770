"""ARC302 output-units-do-not-fit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import ERRORS, at, sizes, trained_losses
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import LossFacts, Record


@dataclass(frozen=True, kw_only=True)
class OutputUnitsDoNotFit(Check):
    """The model has fewer outputs than the target has columns.

    ## What it detects
    A squared or absolute error of one output and several targets for each example.

    ## Why it is bad
    The one output is compared with all targets of the example, and learns their mean.

    ## How it is detected
    The prediction has {units} column, the target has more, and both have the same number of rows.

    ## How to fix it
    Give the last layer one output for each target.

    ## How it is confirmed
    Train one batch with as many outputs as targets: the loss falls to near 0.
    """

    code: ClassVar[str] = "ARC302"
    name: ClassVar[str] = "output-units-do-not-fit"
    family: ClassVar[Family] = Family.ARCHITECTURE
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch, warnings
from torch import nn
warnings.simplefilter("ignore")
torch.manual_seed(0)
x = torch.randn(600, 6)
y = x @ torch.randn(6, 3) / 6**0.5 + 0.1 * torch.randn(600, 3)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
loss_function = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = loss_function(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[480:]) - y[480:]).pow(2).mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = x @ torch.randn(6, 3) / 6**0.5 + 0.1 * torch.randn(600, 3)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 3))
loss_function = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = loss_function(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[480:]) - y[480:]).pow(2).mean().item())
"""

    units: int = 1

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        for loss in trained_losses(record, *ERRORS):
            if not self.too_few(loss):
                continue
            yield self.finding(
                f"the prediction has shape {sizes(loss.input.shape)} and the target{at(loss.where)} "
                f"{sizes(loss.target.shape)}: one output stands for {loss.target.shape[-1]} targets",
                Measurement(name="outputs", value=loss.input.shape[-1], limit=loss.target.shape[-1]),
                Measurement(name="targets of an example", value=loss.target.shape[-1]),
                where=loss.where,
                fix=f"give the last layer {loss.target.shape[-1]} outputs",
                confidence=0.9,
            )

    def too_few(self, loss: LossFacts) -> bool:
        """Whether one output is compared with several targets of the same example."""
        one, other = loss.input.shape, loss.target.shape
        if loss.written or len(one) != len(other) or len(one) < 2 or one[0] < 2 or one[:-1] != other[:-1]:
            return False
        return one[-1] == self.units and other[-1] > self.units and not loss.target.requires_grad
