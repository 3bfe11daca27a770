"""SCH302 scheduler-never-stepped."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number
from bringup.checks.updating import optimizers
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record, SchedulerFacts


@dataclass(frozen=True, kw_only=True)
class SchedulerNeverStepped(Check):
    """A scheduler was built, and never steps.

    ## What it detects
    A learning-rate schedule that the training does not follow, because `scheduler.step()` is missing.

    ## Why it is bad
    The learning rate stays where the schedule begins. With a warm-up, that is next to nothing.

    ## How it is detected
    The optimizer made {steps} steps and more, the program came to its end, and no scheduler of this optimizer ever stepped.
    It is an error where the learning rate is stuck below {stuck} of the highest one that the schedule has, a note
    elsewhere.

    ## How to fix it
    Call `scheduler.step()` after the steps of an epoch, or after each step where the schedule counts steps.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "SCH302"
    name: ClassVar[str] = "scheduler-never-stepped"
    family: ClassVar[Family] = Family.SCHEDULE
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3)
for epoch in range(10):
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
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
warm_up = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=3)
constant = torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1.0)
scheduler = torch.optim.lr_scheduler.SequentialLR(optimizer, [warm_up, constant], milestones=[100])
for epoch in range(10):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
"""

    steps: int = 20
    stuck: float = 0.2  # of the highest learning rate

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each optimizer."""
        schedulers: tuple[SchedulerFacts, ...] = record.need("schedulers")
        if record.program is not None and record.program.ending not in ("finished", "exited"):
            return
        for count, optimizer in enumerate(optimizers(record)):
            own = [entry for entry in schedulers if entry.optimizer == count]
            if not own or optimizer.steps < self.steps or any(entry.steps for entry in own):
                continue
            last = own[-1]
            stuck = last.last < self.stuck * last.peak
            yield self.finding(
                f"{last.kind} never steps: the learning rate stays {number(last.last)}"
                + (f", and the schedule goes up to {number(last.peak)}" if stuck else ""),
                Measurement(name="steps of the scheduler", value=0),
                Measurement(name="steps of the optimizer", value=optimizer.steps, limit=self.steps),
                Measurement(name="learning rate", value=last.last, limit=self.stuck * last.peak),
                fix="call `scheduler.step()` after each epoch, or after each step where the schedule counts steps",
                where=last.where,
                severity=Severity.ERROR if stuck else Severity.NOTE,
            )
