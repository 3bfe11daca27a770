"""SCH303 schedule-in-wrong-unit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.updating import optimizers
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record, SchedulerFacts


@dataclass(frozen=True, kw_only=True)
class ScheduleInWrongUnit(Check):
    """The schedule is planned in batches and stepped in epochs, or the reverse.

    ## What it detects
    A schedule that is made for as many steps as the optimizer makes, and of which the training goes through a small part,
    such as a warm-up that never ends; and a cosine that is over long before the first epoch is, and goes up and down all
    the time.

    ## Why it is bad
    The learning rate is far from what was meant: stuck at the beginning of the warm-up, or tossed about.

    ## How it is detected
    The scheduler made at most {begun} of the steps that its schedule has, while the optimizer made {full} of them and more;
    or a cosine was stepped once a batch, {rounds} times its length and more.

    ## How to fix it
    Step the scheduler after each batch where its length is a number of batches, and after each epoch where it is a number
    of epochs.

    ## How it is confirmed
    Probe `constant-schedule`: the script is run again with the learning rate that it begins with.
    """

    code: ClassVar[str] = "SCH303"
    name: ClassVar[str] = "schedule-in-wrong-unit"
    family: ClassVar[Family] = Family.SCHEDULE
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "constant-schedule"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.05, epochs=12, steps_per_epoch=8)
for epoch in range(12):
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
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.02, epochs=12, steps_per_epoch=8)
for epoch in range(12):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
"""

    begun: float = 0.25  # of the schedule
    full: float = 0.8  # of the schedule, in steps of the optimizer
    rounds: int = 10
    planned: int = 20  # steps of a schedule; shorter ones say nothing

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each schedule."""
        schedulers: tuple[SchedulerFacts, ...] = record.need("schedulers")
        made = [optimizer.steps for optimizer in optimizers(record)]
        for entry in schedulers:
            steps = made[entry.optimizer] if entry.optimizer < len(made) else 0
            if entry.planned is None or not entry.steps:
                continue
            slow = (
                entry.planned >= self.planned
                and entry.steps <= self.begun * entry.planned
                and steps >= self.full * entry.planned
            )
            fast = (
                entry.kind == "CosineAnnealingLR" and entry.steps >= max(self.rounds * entry.planned, 0.9 * steps) and steps > 0
            )
            if slow or fast:
                yield self.judged(entry, steps, slow=slow)

    def judged(self, entry: SchedulerFacts, steps: int, *, slow: bool) -> Finding:
        """The finding about one schedule."""
        assert entry.planned is not None
        return self.finding(
            f"{entry.kind} is made for {entry.planned} steps, and made {entry.steps} while the optimizer made {steps}",
            Measurement(name="steps of the scheduler", value=entry.steps),
            Measurement(name="steps of its schedule", value=entry.planned),
            Measurement(name="steps of the optimizer", value=steps),
            fix="step the scheduler after each batch" if slow else "step the scheduler after each epoch",
            where=entry.step_where or entry.where,
        )
