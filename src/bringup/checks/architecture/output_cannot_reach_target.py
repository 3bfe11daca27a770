"""ARC305 output-cannot-reach-target."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import ERRORS, activation_place, at, trained_losses
from bringup.checks.reading import number, percent
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import LossFacts, ReachFacts, Record


@dataclass(frozen=True, kw_only=True)
class OutputCannotReachTarget(Check):
    """The last activation function cannot give the values that the targets have.

    ## What it detects
    A squared or absolute error, whose prediction ends in a ReLU, sigmoid, tanh, softplus or the like while many targets lie
    outside of what these can give.

    ## Why it is bad
    Those targets cannot be met whatever the weights: the error has a floor, and a ReLU that is asked for negative values
    stops to learn at all.

    ## How it is detected
    More than {share} of the targets lie outside the range of the last operation before the loss, views looked through, on
    average by more than {distance} standard deviations of the targets.

    ## How to fix it
    Remove the last activation function, or scale the targets into its range and scale predictions back.

    ## How it is confirmed
    The range of the function, and the targets that were seen, are the proof.
    """

    code: ClassVar[str] = "ARC305"
    name: ClassVar[str] = "output-cannot-reach-target"
    family: ClassVar[Family] = Family.ARCHITECTURE
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = x @ torch.randn(6, 1) / 6**0.5 + 0.1 * torch.randn(600, 1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())
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
    print(loss_function(model(x[480:]), y[480:]).item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = torch.sigmoid(x @ torch.randn(6, 1) + 0.1 * torch.randn(600, 1))
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())
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
    print(loss_function(model(x[480:]), y[480:]).item())
"""

    share: float = 0.05  # of the targets
    distance: float = 0.1  # standard deviations of the targets

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        for loss in trained_losses(record, *ERRORS):
            reach = loss.reach
            if reach is None or loss.activation is None or reach.outside <= self.share or reach.distance <= self.distance:
                continue
            yield self.finding(
                f"the {loss.activation.kind} before the loss gives values {self.range(reach)}; {percent(reach.outside)} of the "
                f"targets{at(loss.where)} lie outside, from {self.targets(loss)}",
                Measurement(name="share of targets out of reach", value=reach.outside, limit=self.share, step=loss.step),
                Measurement(name="mean distance", value=reach.distance, unit="standard deviations", limit=self.distance),
                Measurement(name="smallest target", value=loss.target_minimum),
                Measurement(name="largest target", value=loss.target_maximum),
                where=activation_place(loss),
                fix=f"remove the last {loss.activation.kind}, or scale the targets into its range",
            )

    def range(self, reach: ReachFacts) -> str:
        """The range in words."""
        if reach.low is not None and reach.high is not None:
            return f"from {number(reach.low)} to {number(reach.high)}"
        return f"of {number(reach.low)} and more" if reach.low is not None else f"of {number(reach.high or 0.0)} and less"

    def targets(self, loss: LossFacts) -> str:
        """The range of the targets in words."""
        return f"{number(loss.target_minimum or 0.0)} to {number(loss.target_maximum or 0.0)}"
