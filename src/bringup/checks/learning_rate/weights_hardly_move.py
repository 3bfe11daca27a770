"""LRN302 weights-hardly-move."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.network import trouble_of
from bringup.checks.reading import number, percent
from bringup.checks.updating import argument, losses_of, stepping
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class WeightsHardlyMove(Check):
    """All steps together hardly change the weights.

    ## What it detects
    A learning rate so small that the whole training moves the weights by next to nothing, and the loss stays where it was.

    ## Why it is bad
    The training ends before it has begun, and looks like a model that cannot learn.

    ## How it is detected
    The median update relative to the weights, times the number of steps, is at most {moved}: even if all steps went the
    same way, they would change the weights by no more. The loss fell by less than {fall}. Single updates are above
    {nothing}; below that, the weights do not move at all.

    ## How to fix it
    Raise the learning rate by factors of ten until an update is near a thousandth of the weights; Adam at 3e-4 is a good start.

    ## How it is confirmed
    Train with ten times the learning rate, and with the one at which an update would be a thousandth of the weights.
    """

    code: ClassVar[str] = "LRN302"
    name: ClassVar[str] = "weights-hardly-move"
    family: ClassVar[Family] = Family.LEARNING_RATE
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "higher-learning-rate"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-6)
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
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
for epoch in range(40):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

    moved: float = 0.06  # of the weights, over the whole training
    fall: float = 0.1  # of the first loss
    nothing: float = 1e-12
    steps: int = 50  # fewer say nothing
    looks: int = 8
    died: float = 0.01  # of the highest learning rate
    clipped: float = 50.0  # times the limit, and clipping is to blame

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        holders = stepping(record)
        ratios = record.need_series("update/ratio", length=self.looks)
        first, last = losses_of(record, steps=self.steps)
        ratio, steps = median(ratios.values), holders[0].steps
        moved = ratio * steps
        frozen = record.series["optimizer0/learning-rate"].values if "optimizer0/learning-rate" in record.series else (0.0,)
        if not ratio > self.nothing or moved > self.moved or first - last >= self.fall * abs(first) or max(frozen) <= 0:
            return
        if frozen[-1] < self.died * max(frozen):
            return  # a schedule has taken the learning rate away
        if any(clip.norm >= self.clipped * clip.limit for clip in record.clips or ()):
            return
        if trouble_of(record) is not None:
            return  # there is little to follow: units that are alike, or dead, or a gradient that fades
        if len(frozen) > 1 and frozen[0] < max(frozen) / 2 and steps < 2 * self.steps:
            return  # a warm-up that has not come far yet
        yield self.finding(
            f"{steps} steps change the weights by {percent(moved)} at most, and the loss went from {number(first)} "
            f"to {number(last)}",
            Measurement(name="updates of all steps relative to the weights", value=moved, limit=self.moved),
            Measurement(name="median update relative to the weights", value=ratio),
            Measurement(name="loss of the last steps", value=last, limit=first - self.fall * abs(first)),
            Measurement(name="learning rate", value=holders[0].settings.get("lr")),
            fix="raise the learning rate by factors of ten; Adam at 3e-4 is a good start",
            where=argument(holders[0], "lr"),
        )
