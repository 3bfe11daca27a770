"""SHP306 broadcast-in-metric."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import at, sizes
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import BroadcastFacts, Record

COMPARISONS = ("eq", "ne", "__eq__", "__ne__", "sub", "rsub", "__sub__", "__rsub__")


@dataclass(frozen=True, kw_only=True)
class BroadcastInMetric(Check):
    """A metric compares every answer with every target.

    ## What it detects
    A comparison or difference without a gradient, outside of the model, on shapes such as [N, 1] and [N], which make [N, N].

    ## Why it is bad
    The metric is a mean over all pairs: an accuracy near what guessing gives, or an error near the spread of the target,
    however good the model is.

    ## How it is detected
    Both have the same sizes but for axes of size 1, one has more axes than the other, and together they make {times} times
    as many values as either has, or more.

    ## How to fix it
    Give both the same shape: `answers.squeeze(1)`.

    ## How it is confirmed
    The number of values compared is the number of examples.
    """

    code: ClassVar[str] = "SHP306"
    name: ClassVar[str] = "broadcast-in-metric"
    family: ClassVar[Family] = Family.SHAPES
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x[:, 0] * x[:, 1] + x[:, 2] > 0).float()
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = nn.functional.binary_cross_entropy_with_logits(model(x[rows]).squeeze(1), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print(((model(x[480:]) > 0).float() == y[480:]).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = (x[:, 0] * x[:, 1] + x[:, 2] > 0).float()
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = nn.functional.binary_cross_entropy_with_logits(model(x[rows]).squeeze(1), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print(((model(x[480:]).squeeze(1) > 0).float() == y[480:]).float().mean().item())
"""

    times: int = 2

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        found: tuple[BroadcastFacts, ...] = record.need("broadcasts")
        for operation in found:
            if operation.trains or operation.operation not in COMPARISONS:
                continue
            yield self.finding(
                f"the metric{at(operation.where)} compares shapes {sizes(operation.left)} and {sizes(operation.right)}: each "
                "value of one with each of the other",
                Measurement(name="shape of the first", value=sizes(operation.left)),
                Measurement(name="shape of the second", value=sizes(operation.right)),
                Measurement(name="shape of what is averaged", value=sizes(operation.result)),
                where=operation.where,
                fix="give both the same shape: squeeze the answers, or unsqueeze the targets",
                confidence=0.95,
            )
