"""SCH301 learning-rate-dies."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number, percent
from bringup.checks.updating import losses_of, optimizers
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import OptimizerFacts, Record, SchedulerFacts


@dataclass(frozen=True, kw_only=True)
class LearningRateDies(Check):
    """The schedule takes the learning rate away while most of the training is still to come.

    ## What it detects
    A learning rate that falls to next to nothing early, with the loss still high: mostly a schedule that counts epochs and
    is stepped once a batch, or a decay that is too steep.

    ## Why it is bad
    The rest of the training changes nothing. It looks like a plateau, or a model that is too small.

    ## How it is detected
    From a step before {early} of the training on, the learning rate stays below {dead} of its highest value, and the loss
    ends above {high} of where it began; {rest} is enough where this comes before {at_once} of the training. Schedules that
    end near zero, warm-up, and rates that are lowered after a plateau pass.

    ## How to fix it
    Step the scheduler once an epoch, after the loop over batches; or make its length a number of batches.

    ## How it is confirmed
    Probe `constant-schedule`: the script is run again with the learning rate that it begins with.
    """

    code: ClassVar[str] = "SCH301"
    name: ClassVar[str] = "learning-rate-dies"
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
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.7)
for epoch in range(15):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
"""
    good: ClassVar[str] = """
import math

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
total = 15 * 8
scheduler = torch.optim.lr_scheduler.LambdaLR(
    optimizer, lambda step: min((step + 1) / 10, 0.5 + 0.5 * math.cos(math.pi * step / total))
)
for epoch in range(15):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
"""

    dead: float = 0.01  # of the highest learning rate
    early: float = 0.35  # of the steps
    high: float = 0.3  # of the first loss
    at_once: float = 0.1  # of the steps: so early that nothing can have been learned
    rest: float = 0.02  # of the first loss, for those
    steps: int = 30  # fewer say nothing

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each optimizer."""
        schedulers: tuple[SchedulerFacts, ...] = record.need("schedulers")
        first, last = losses_of(record, steps=self.steps)
        if not first > 0:
            raise NotApplicable("the loss is not above 0, so that its fall has no scale")
        for count, optimizer in enumerate(optimizers(record)):
            own = [entry for entry in schedulers if entry.optimizer == count and entry.steps]
            died = self.death(record, count, optimizer)
            if died is None or not own:
                continue
            high = self.rest if died <= self.at_once * optimizer.steps else self.high
            if not last > high * first:
                continue
            if own[-1].kind == "ReduceLROnPlateau" and own[-1].steps < optimizer.steps:
                continue
            yield self.judged(own[-1], optimizer, died, first, last)

    def death(self, record: Record, count: int, optimizer: OptimizerFacts) -> int | None:
        """The step from which the learning rate is next to nothing, where it is an early one."""
        series = record.series.get(f"optimizer{count}/learning-rate")
        if series is None or optimizer.steps < self.steps:
            return None
        limit = self.dead * max(series.values)
        alive = [index for index, rate in enumerate(series.values) if rate > limit]
        if not alive or alive[-1] + 1 >= len(series):
            return None
        step = series.steps[alive[-1] + 1]
        return step if step <= self.early * optimizer.steps else None

    def judged(self, scheduler: SchedulerFacts, optimizer: OptimizerFacts, died: int, first: float, last: float) -> Finding:
        """The finding about one schedule."""
        batch = scheduler.steps >= 0.9 * optimizer.steps
        return self.finding(
            f"after {died} of {optimizer.steps} steps the learning rate is below {percent(self.dead)} of "
            f"{number(scheduler.peak)}, and the loss has come from {number(first)} to {number(last)} only",
            Measurement(name="step at which the learning rate is gone", value=died, limit=self.early * optimizer.steps),
            Measurement(name="last learning rate", value=scheduler.last, limit=self.dead * scheduler.peak),
            Measurement(name="steps of the scheduler", value=scheduler.steps),
            Measurement(name="steps of the optimizer", value=optimizer.steps),
            Measurement(name="loss of the first steps", value=first),
            Measurement(name="loss of the last steps", value=last),
            fix="step the scheduler once an epoch, after the loop over batches"
            if batch
            else "let the learning rate fall more slowly",
            where=scheduler.step_where or scheduler.where,
        )
