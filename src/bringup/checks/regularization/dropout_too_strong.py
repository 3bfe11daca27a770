"""REG302 dropout-too-strong."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number, percent
from bringup.checks.updating import losses_of
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import ModeFacts, Record


@dataclass(frozen=True, kw_only=True)
class DropoutTooStrong(Check):
    """Dropout throws nearly everything away, and little is learned.

    ## What it detects
    Dropout of most of the values, mostly a probability to keep that was taken for one to drop, in a training whose loss
    hardly falls.

    ## Why it is bad
    A hidden layer with nine of ten values gone, and the next one likewise, hands on noise.

    ## How it is detected
    A layer drops {probability} of its values or more, and the loss, over at least {steps} steps, ends above {high} of
    where it began.

    ## How to fix it
    Lower it to between 0.1 and 0.5; without overfitting, leave it out. In torch the argument is the share that is dropped.

    ## How it is confirmed
    Train without regularisation: the loss falls.
    """

    code: ClassVar[str] = "REG302"
    name: ClassVar[str] = "dropout-too-strong"
    family: ClassVar[Family] = Family.REGULARIZATION
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "no-regularisation"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(
    nn.Linear(8, 32), nn.ReLU(), nn.Dropout(0.9), nn.Linear(32, 32), nn.ReLU(), nn.Dropout(0.9), nn.Linear(32, 2)
)
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(15):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 512), nn.ReLU(), nn.Dropout(0.8), nn.Linear(512, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(15):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

    probability: float = 0.75
    high: float = 0.7  # of the first loss
    steps: int = 50  # fewer say nothing

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        places: tuple[ModeFacts, ...] = record.need("modes")
        first, last = losses_of(record, steps=self.steps)
        if not first > 0:
            raise NotApplicable("the loss is not above 0, so that its fall has no scale")
        strong = [place for place in places if place.used and place.probability >= self.probability]
        if not strong or not last > self.high * first:
            return
        place = strong[0]
        yield self.finding(
            f"dropout throws {percent(place.probability)} away, and the loss went from {number(first)} to {number(last)}",
            Measurement(name="share that is dropped", value=place.probability, limit=self.probability),
            Measurement(name="layers with dropout", value=place.dropout),
            Measurement(name="loss of the last steps", value=last, limit=self.high * first),
            fix="lower it to between 0.1 and 0.5: the argument is the share that is dropped",
            where=place.dropout_where or place.where,
            confidence=0.8,
        )
