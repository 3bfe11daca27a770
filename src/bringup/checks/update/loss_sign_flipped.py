"""UPD307 loss-sign-flipped."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import DirectionFacts, Record


@dataclass(frozen=True, kw_only=True)
class LossSignFlipped(Check):
    """The training makes its error larger.

    ## What it detects
    An objective with the wrong sign: a log-likelihood that is minimised, a loss that is maximised.

    ## Why it is bad
    The number that is printed goes down without end, and looks like success, while the predictions run away from the data.

    ## How it is detected
    The gradient of what is differentiated with respect to each error in it (a loss function, a squared difference to a
    target, a log-probability that is picked) has the wrong sign in {share} of the passes that were looked at,
    `maximize=True` taken into account, and the error grew to {grown} times its first value. Nothing in the program is
    trained the other way round, and all that the loss depends on belongs to one optimizer, so that a network that is to
    fool another passes.

    ## How to fix it
    Put the minus sign before the log-likelihood, or remove the one before the loss.

    ## How it is confirmed
    Train with the loss negated: the error falls.
    """

    code: ClassVar[str] = "UPD307"
    name: ClassVar[str] = "loss-sign-flipped"
    family: ClassVar[Family] = Family.UPDATE
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "negated-loss"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = x @ torch.randn(8)
y = (y - y.mean()) / y.std()
model = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.002)
for epoch in range(30):
    for batch in torch.randperm(512).split(64):
        objective = -(model(x[batch]).squeeze(1) - y[batch]).pow(2).mean()
        optimizer.zero_grad()
        objective.backward()
        optimizer.step()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = x @ torch.randn(8)
y = (y - y.mean()) / y.std()
model = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005, maximize=True)
for epoch in range(15):
    for batch in torch.randperm(512).split(64):
        objective = -(model(x[batch]).squeeze(1) - y[batch]).pow(2).mean()
        optimizer.zero_grad()
        objective.backward()
        optimizer.step()
"""

    share: float = 0.9  # of the passes looked at
    grown: float = 2.0  # times the first error
    looks: int = 5

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each loss."""
        directions: tuple[DirectionFacts, ...] = record.need("directions")
        seen = [entry for entry in directions if entry.looks >= self.looks]
        if any(entry.up < self.share * entry.looks for entry in seen):
            return
        for entry in seen:
            if not entry.alone or entry.first is None or entry.last is None or not entry.last > self.grown * entry.first > 0:
                continue
            yield self.finding(
                f"the training makes the {entry.what} larger: from {number(entry.first)} to {number(entry.last)}",
                Measurement(name="passes that enlarge the error", value=entry.up / entry.looks, limit=self.share),
                Measurement(name="first error", value=entry.first),
                Measurement(name="last error", value=entry.last, limit=self.grown * entry.first),
                fix=Fix(title="turn the sign of the objective round", applicability="unsafe"),
                where=entry.where,
            )
            return
