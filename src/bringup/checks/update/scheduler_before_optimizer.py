"""UPD308 scheduler-before-optimizer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import Record, SchedulerFacts


@dataclass(frozen=True, kw_only=True)
class SchedulerBeforeOptimizer(Check):
    """The scheduler steps before the optimizer has.

    ## What it detects
    `scheduler.step()` before the first `optimizer.step()`.

    ## Why it is bad
    The first learning rate of the schedule is left out, and every later one comes one step too early.

    ## How it is detected
    The optimizer had made no step when its scheduler stepped first.

    ## How to fix it
    Step the optimizer first, then the scheduler.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "UPD308"
    name: ClassVar[str] = "scheduler-before-optimizer"
    family: ClassVar[Family] = Family.UPDATE
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
import warnings

import torch
from torch import nn

warnings.simplefilter("ignore")
torch.manual_seed(0)
x = torch.randn(768, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)
for epoch in range(10):
    scheduler.step()
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
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)
for epoch in range(10):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    scheduler.step()
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each scheduler."""
        schedulers: tuple[SchedulerFacts, ...] = record.need("schedulers")
        for entry in schedulers:
            if entry.steps and entry.first_at == 0 and entry.kind != "ReduceLROnPlateau":
                yield self.finding(
                    f"{entry.kind} stepped before the first step of its optimizer",
                    Measurement(name="steps of the optimizer before", value=0),
                    Measurement(name="steps of the scheduler", value=entry.steps),
                    fix=Fix(title="call `scheduler.step()` after `optimizer.step()`", applicability="unsafe"),
                    where=entry.step_where,
                )
