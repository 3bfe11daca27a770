"""LRN301 learning-rate-diverges."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.diverging import divergence
from bringup.checks.reading import number
from bringup.checks.summed import RISE, harmful_sum
from bringup.checks.updating import argument, stepping
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class LearningRateDiverges(Check):
    """The training diverges: the loss grows by orders of magnitude.

    ## What it detects
    A loss that grows beyond all bounds, until it is infinite or no number, or stays far above where it began, because each
    step jumps further than the gradient holds.

    ## Why it is bad
    Nothing is learned, and the weights are lost.

    ## How it is detected
    The loss grew to a hundred times its first value before it was not finite any more; or it ends at ten times its first
    value, and the first updates were more than a tenth of the weights. An objective that is maximised, and gradients that
    are never cleared, are other matters.

    ## How to fix it
    Lower the learning rate by factors of ten; warm it up; clip gradients. For a squared error, standardise the target.

    ## How it is confirmed
    Train one batch with a tenth of the learning rate.
    """

    code: ClassVar[str] = "LRN301"
    name: ClassVar[str] = "learning-rate-diverges"
    family: ClassVar[Family] = Family.LEARNING_RATE
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "lower-learning-rate"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = x @ torch.randn(8, 1)
y = (y - y.mean()) / y.std()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=2.0)
for epoch in range(5):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.mse_loss(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = x @ torch.randn(8, 1)
y = (y - y.mean()) / y.std()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(12):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.mse_loss(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        holders = stepping(record)
        record.need_series("step/loss")
        found = divergence(record)
        if found is None or harmful_sum(record, rise=RISE) is not None:
            return  # of a sum over the batch another check tells: its learning rate may well be right for the mean
        rate = holders[0].settings.get("lr")
        yield self.finding(
            f"the loss grows from {number(found.first)} to {number(found.worst)}"
            + (" and is then not finite any more" if found.broken else ", and stays there"),
            Measurement(name="first loss", value=found.first),
            Measurement(name="largest finite loss", value=found.worst),
            Measurement(name="first updates relative to the weights", value=found.ratio),
            Measurement(name="learning rate", value=rate),
            fix="lower the learning rate by factors of ten",
            where=argument(holders[0], "lr"),
        )
