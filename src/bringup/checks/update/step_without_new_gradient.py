"""UPD303 step-without-new-gradient."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.updating import stepping
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class StepWithoutNewGradient(Check):
    """The optimizer steps when there is no gradient, or an old one.

    ## What it detects
    Gradients that are cleared between the backward pass and the step, a step that comes before its backward pass, and steps
    that are repeated without a backward pass in between.

    ## Why it is bad
    A step without gradients changes nothing, apart from momentum and decay; a repeated step goes twice as far as was measured.

    ## How it is detected
    The gradients of a few parameters are read after each backward pass and before each step. Of the steps that were looked
    at, {share}, and at least {least}, found gradients cleared that were there before, or the very gradients of the step
    before with no backward pass since.

    ## How to fix it
    Keep to the order: clear the gradients, backward pass, step.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "UPD303"
    name: ClassVar[str] = "step-without-new-gradient"
    family: ClassVar[Family] = Family.UPDATE
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(5):
    for batch in torch.randperm(512).split(64):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    for batch in torch.randperm(512).split(64):
        optimizer.step()  # with the gradient of the batch before, at the same weights
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        loss.backward()
"""

    share: float = 0.3  # of the steps looked at
    least: int = 4

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each optimizer."""
        for optimizer in stepping(record):
            bad, seen = optimizer.empty + optimizer.repeated, optimizer.looked + optimizer.repeated
            if bad < self.least or bad < self.share * seen:
                continue
            what = "cleared gradients" if optimizer.empty >= optimizer.repeated else "the gradients of the step before"
            yield self.finding(
                f"{bad} of {seen} steps of {optimizer.kind} work with {what}",
                Measurement(name="steps after the gradients were cleared", value=optimizer.empty),
                Measurement(name="steps without a new backward pass", value=optimizer.repeated),
                Measurement(name="share of the steps", value=bad / seen, limit=self.share),
                fix="keep to the order: `optimizer.zero_grad()`, `loss.backward()`, `optimizer.step()`",
                where=optimizer.step_where,
            )
