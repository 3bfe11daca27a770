"""SCH304 warm-up-longer-than-training."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number, percent
from bringup.checks.updating import losses_of, optimizers
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record, SchedulerFacts


@dataclass(frozen=True, kw_only=True)
class WarmUpLongerThanTraining(Check):
    """The training ends in the first part of its warm-up.

    ## What it detects
    A learning rate that rises from step to step, and is still far below the one the optimizer was built with when the
    training ends: a warm-up whose length was taken from a larger training.

    ## Why it is bad
    Nearly all of the training is made with next to no learning rate. It looks like a model that learns slowly.

    ## How it is detected
    The scheduler steps with the optimizer, the learning rate never falls, its last value is below {reached} of the highest
    one that the schedule has, and the loss is above {high} of where it began.

    ## How to fix it
    Make the warm-up a few percent of the steps of this training.

    ## How it is confirmed
    Probe `constant-schedule`: the script is run again with the learning rate that the optimizer was built with.
    """

    code: ClassVar[str] = "SCH304"
    name: ClassVar[str] = "warm-up-longer-than-training"
    family: ClassVar[Family] = Family.SCHEDULE
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "constant-schedule"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 4000))
for epoch in range(10):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / 40))
for epoch in range(10):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
"""

    reached: float = 0.3  # of the highest learning rate
    high: float = 0.3  # of the first loss
    steps: int = 30  # fewer say nothing

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each optimizer."""
        schedulers: tuple[SchedulerFacts, ...] = record.need("schedulers")
        first, last = losses_of(record, steps=self.steps)
        for count, optimizer in enumerate(optimizers(record)):
            own = [entry for entry in schedulers if entry.optimizer == count and entry.steps >= 0.9 * optimizer.steps]
            series = record.series.get(f"optimizer{count}/learning-rate")
            if not own or series is None or len(series) < 2 or not last > self.high * first > 0:
                continue
            if any(after < before for before, after in pairwise(series.values)):
                continue
            reached = series.values[-1] / max(own[-1].peak, series.values[-1])
            if series.values[-1] <= series.values[0] or reached >= self.reached:
                continue
            yield self.finding(
                f"after all {optimizer.steps} steps the warm-up has come to a learning rate of {number(series.values[-1])}, "
                f"{percent(reached)} of {number(own[-1].peak)}",
                Measurement(name="last learning rate", value=series.values[-1], limit=self.reached * own[-1].peak),
                Measurement(name="highest learning rate of the schedule", value=own[-1].peak),
                Measurement(name="steps of the optimizer", value=optimizer.steps),
                Measurement(name="loss of the last steps", value=last, limit=self.high * first),
                fix="make the warm-up a few percent of the steps of this training",
                where=own[-1].where,
            )
