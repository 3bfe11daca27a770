"""REG303 penalty-dominates."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number, percent
from bringup.checks.updating import optimizers
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import DirectionFacts, PenaltyFacts, Record


@dataclass(frozen=True, kw_only=True)
class PenaltyDominates(Check):
    """A penalty in the loss pulls the weights to zero, and nothing is learned.

    ## What it detects
    A penalty on the weights that is added to the loss by hand, and is stronger than what the data say.

    ## Why it is bad
    The total falls, because the penalty does, which looks like learning; the error stays at that of a constant answer.

    ## How it is detected
    The graph of the loss has squares, absolute values or norms of parameters; the norm of the weights fell to {shrunk} of
    its first value; and the error in the loss, apart from the penalty, fell by less than {fall}.

    ## How to fix it
    Lower the strength of the penalty by factors of ten; print the two terms of the loss beside each other.

    ## How it is confirmed
    Train without the penalty: the error falls.
    """

    code: ClassVar[str] = "REG303"
    name: ClassVar[str] = "penalty-dominates"
    family: ClassVar[Family] = Family.REGULARIZATION
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(25):
    for batch in torch.randperm(512).split(64):
        error = nn.functional.cross_entropy(model(x[batch]), y[batch])
        penalty = sum(p.pow(2).sum() for p in model.parameters())
        optimizer.zero_grad()
        (error + 2.0 * penalty).backward()
        optimizer.step()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(25):
    for batch in torch.randperm(512).split(64):
        error = nn.functional.cross_entropy(model(x[batch]), y[batch])
        penalty = sum(p.abs().sum() for p in model.parameters())
        optimizer.zero_grad()
        (error + 1e-3 * penalty).backward()
        optimizer.step()
"""

    shrunk: float = 0.3  # of the first norm
    fall: float = 0.1  # of the first error
    steps: int = 30  # fewer say nothing

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each optimizer."""
        penalties: tuple[PenaltyFacts, ...] = record.need("penalties")
        errors: tuple[DirectionFacts, ...] = record.directions or ()
        judged = [entry for entry in errors if entry.first is not None and entry.last is not None]
        for count, optimizer in enumerate(optimizers(record)):
            norms = record.series.get(f"optimizer{count}/weight-norm")
            if not penalties or not judged or norms is None or len(norms) < 2 or optimizer.steps < self.steps:
                continue
            first, last = judged[0].first or 0.0, judged[0].last or 0.0
            if norms.last > self.shrunk * norms.values[0] or first - last >= self.fall * abs(first):
                continue
            yield self.finding(
                f"a penalty on {penalties[0].kind} shrinks the weights to {percent(norms.last / norms.values[0])} of "
                f"their size, and the {judged[0].what} went from {number(first)} to {number(last)}",
                Measurement(name="norm of the weights at the end", value=norms.last, limit=self.shrunk * norms.values[0]),
                Measurement(name="norm of the weights at first", value=norms.values[0]),
                Measurement(name="first error", value=first),
                Measurement(name="last error", value=last, limit=first - self.fall * abs(first)),
                fix="lower the strength of the penalty by factors of ten",
                where=penalties[0].where,
            )
