"""LOS311 sum-where-mean-is-meant."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import at
from bringup.checks.reading import number
from bringup.checks.summed import harmful_sum
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record, Series


@dataclass(frozen=True, kw_only=True)
class SumWhereMeanIsMeant(Check):
    """The loss is summed over the batch, and every step is as many times too large.

    ## What it detects
    A training that explodes because the loss is a sum over the examples, not a mean.

    ## Why it is bad
    The gradient grows with the size of the batch: a learning rate that is right for the mean is too large by that factor,
    and another batch size needs another one.

    ## How it is detected
    What is differentiated is a sum over the examples, the optimizer does not scale gradients (SGD), the loss rises to
    {rise} times its first value within the first steps, and the first update, divided by the number of examples, is of an
    ordinary size.

    ## How to fix it
    Take the mean: `reduction="mean"`, or `.mean()` in place of `.sum()`.

    ## How it is confirmed
    Train one batch with the mean, or with the learning rate divided by the number of examples: the loss falls.
    """

    code: ClassVar[str] = "LOS311"
    name: ClassVar[str] = "sum-where-mean-is-meant"
    family: ClassVar[Family] = Family.LOSS_INPUT
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "lower-learning-rate"
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = x @ torch.randn(6, 1) / 6**0.5 + 0.1 * torch.randn(600, 1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
loss_function = nn.MSELoss(reduction="sum")
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
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
y = x @ torch.randn(6, 1) / 6**0.5 + 0.1 * torch.randn(600, 1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
loss_function = nn.MSELoss(reduction="sum")
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = loss_function(model(x[rows]), y[rows]) / len(rows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print(loss_function(model(x[480:]), y[480:]).item())
"""

    rise: float = 2.0  # times the first loss

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        losses: Series = record.need_series("step/loss")
        record.need("optimizers")
        found = harmful_sum(record, rise=self.rise)
        if found is None:
            return
        loss, update, worst = found
        yield self.finding(
            f"the loss{at(loss.where)} is a sum over {loss.examples} examples: the first step changes the weights by "
            f"{number(update)} of their size, and the loss rises from {number(losses.values[0])} to {number(worst)}",
            Measurement(name="examples in the sum", value=loss.examples, limit=1),
            Measurement(name="first update relative to the weights", value=update, step=0),
            Measurement(name="the same for a mean", value=update / loss.examples, step=0),
            Measurement(name="largest loss of the first steps", value=worst, limit=self.rise * abs(losses.values[0])),
            where=loss.where,
            fix='take the mean over the examples: reduction="mean", or .mean() in place of .sum()',
            confidence=0.9,
        )
