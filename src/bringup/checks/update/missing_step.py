"""UPD302 missing-step."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.updating import optimizers
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import OptimizerFacts, Record


@dataclass(frozen=True, kw_only=True)
class MissingStep(Check):
    """Gradients are computed, and no step uses them.

    ## What it detects
    An optimizer that never steps, or steps so rarely that most gradients are cleared before any step has used them: a step that
    slipped out of the loop over batches.

    ## Why it is bad
    The weights stay what they are, or see a small part of the data only.

    ## How it is detected
    Either {passes} backward passes and more reach what the optimizer holds, it never steps, and nobody else changes these
    weights; or at least {share} of the gradients, and {discarded} of them, are cleared by the next round of the same line,
    with the weights unchanged in between.

    ## How to fix it
    Call `optimizer.step()` after each backward pass; to accumulate, clear the gradients after the step only.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "UPD302"
    name: ClassVar[str] = "missing-step"
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
for epoch in range(20):
    for batch in torch.randperm(512).split(64):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
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
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(30):
    optimizer.zero_grad()
    for batch in torch.randperm(512).split(128):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        (loss / 4).backward()
    optimizer.step()
"""

    passes: int = 10  # without any step
    discarded: int = 10  # gradients that were cleared
    share: float = 0.5  # of the passes looked at

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each optimizer."""
        for optimizer in optimizers(record):
            wasted = (
                optimizer.discarded >= max(self.discarded, self.share * optimizer.passes)
                and 2 * optimizer.made < optimizer.looked
            )
            if optimizer.steps == 0 and optimizer.passes >= self.passes and not optimizer.moved:
                yield self.judged(
                    optimizer, f"{optimizer.kind} never steps: {optimizer.passes} backward passes were for nothing"
                )
            elif optimizer.steps and wasted:
                yield self.judged(
                    optimizer,
                    f"{optimizer.discarded} of {optimizer.passes} gradients were cleared before {optimizer.kind} used them",
                )

    def judged(self, optimizer: OptimizerFacts, message: str) -> Finding:
        """The finding about one optimizer."""
        return self.finding(
            message,
            Measurement(name="steps", value=optimizer.steps),
            Measurement(name="backward passes looked at", value=optimizer.passes),
            Measurement(name="gradients cleared unused", value=optimizer.discarded, limit=self.discarded),
            fix="call `optimizer.step()` after each backward pass",
            where=optimizer.step_where or optimizer.backward_where,
        )
