"""MOD304 gradients-off-where-needed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.updating import names, stepping
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class GradientsOffWhereNeeded(Check):
    """A model that should learn runs without gradients.

    ## What it detects
    Layers that an optimizer holds, that want a gradient, and that only ever run under `torch.no_grad()` or its like.

    ## Why it is bad
    They keep their random values. The rest learns from what they happen to give, and ends up short of what the whole could
    reach.

    ## How it is detected
    After {steps} steps no gradient has reached the layers, and the operations with their weights ran with gradients
    switched off. Layers whose weights were loaded or trained before are used as they are on purpose.

    ## How to fix it
    Call the model outside of `torch.no_grad()`. To freeze it on purpose, leave it out of the optimizer.

    ## How it is confirmed
    Probe `uncut-gradient`: the script is run again with gradients on in this line.
    """

    code: ClassVar[str] = "MOD304"
    name: ClassVar[str] = "gradients-off-where-needed"
    family: ClassVar[Family] = Family.TRAIN_MODE
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "uncut-gradient"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(512, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU())
head = nn.Linear(32, 2)
optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=0.01)
for epoch in range(10):
    for batch in torch.randperm(512).split(64):
        with torch.no_grad():
            features = encoder(x[batch])
        loss = nn.functional.cross_entropy(head(features), y[batch])
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
encoder = nn.Sequential(nn.Linear(8, 32), nn.ReLU())
head = nn.Linear(32, 2)
encoder.load_state_dict({"0.weight": torch.randn(32, 8), "0.bias": torch.zeros(32)})
optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=0.01)
for epoch in range(10):
    for batch in torch.randperm(512).split(64):
        with torch.no_grad():
            features = encoder(x[batch])
        loss = nn.functional.cross_entropy(head(features), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
"""

    steps: int = 5

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for each optimizer."""
        for optimizer in stepping(record):
            off = [entry for entry in optimizer.missing if entry.reason in ("no-grad-call", "no-grad-block")]
            if not off or optimizer.steps < self.steps or all(entry.loaded for entry in off):
                continue
            yield self.finding(
                f"{names(off)} run with gradients switched off, and the optimizer is to train them",
                Measurement(name="layers without a gradient", value=len(off)),
                Measurement(name="tensors in them", value=sum(entry.tensors for entry in off)),
                Measurement(name="steps", value=optimizer.steps, limit=self.steps),
                fix=Fix(title="call the model outside of `torch.no_grad()`", applicability="unsafe"),
                where=off[0].reason_where or optimizer.where,
            )
