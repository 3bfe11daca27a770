"""UPD301 missing-zero-grad."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import percent
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class MissingZeroGrad(Check):
    """Steps use the gradients of earlier steps again.

    ## What it detects
    A backward pass adds its gradient to what is there; here, the gradient that a step has used is still there when the next
    pass comes.

    ## Why it is bad
    Each step goes along the sum of all gradients since the beginning, most of them taken at weights that are long gone. The
    loss falls for a while, then oscillates or grows without end, which looks like a learning rate that is too high.

    ## How it is detected
    Before and after each backward pass that is looked at, the gradients of a few parameters are read. Where no pass since
    the last step found them cleared, the step is stale. At least {share} of the steps, and {least} of them, are stale.
    Gradients that are accumulated over several batches on purpose are cleared once a step, and pass.

    ## How to fix it
    Call `optimizer.zero_grad()` once for each step, before the backward pass or right after the step.

    ## How it is confirmed
    Probe `cleared-gradients`: the script is run again with gradients cleared after each step.
    """

    code: ClassVar[str] = "UPD301"
    name: ClassVar[str] = "missing-zero-grad"
    family: ClassVar[Family] = Family.UPDATE
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "cleared-gradients"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
for epoch in range(10):
    for batch in torch.randperm(512).split(64):
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
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    for number, batch in enumerate(torch.randperm(512).split(16)):
        loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
        (loss / 4).backward()
        if number % 4 == 3:
            optimizer.step()
            model.zero_grad()
"""

    share: float = 0.2  # of the steps that were looked at
    least: int = 4  # such steps

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each optimizer."""
        if record.optimizers is None and record.by_hand is None:
            raise NotApplicable("no weights were changed")
        hand = record.by_hand
        if hand is not None and hand.stale >= max(self.least, self.share * hand.moves):
            yield self.judged("the changes of the weights", hand.stale, hand.moves, hand.where)
        for optimizer in record.optimizers or ():
            if optimizer.stale < self.least or optimizer.stale < self.share * optimizer.looked:
                continue
            where = optimizer.backward_where or optimizer.step_where
            yield self.judged(f"the steps of {optimizer.kind}", optimizer.stale, optimizer.looked, where)

    def judged(self, what: str, stale: int, looked: int, where: Where | None) -> Finding:
        """One finding."""
        return self.finding(
            f"{percent(stale / looked)} of {what} use gradients of earlier steps again: nothing clears them",
            Measurement(name="share of stale steps", value=stale / looked, limit=self.share),
            Measurement(name="stale steps", value=stale),
            Measurement(name="steps looked at", value=looked),
            fix=Fix(title="clear the gradients before the backward pass of each step", applicability="unsafe"),
            where=where,
        )
