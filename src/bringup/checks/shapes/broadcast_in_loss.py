"""SHP301 broadcast-in-loss."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.loss_reading import at, losses_with_gradient, sizes
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import LossFacts, Record


@dataclass(frozen=True, kw_only=True)
class BroadcastInLoss(Check):
    """Prediction and target have different shapes, and every prediction is compared with every target.

    ## What it detects
    A loss, or an operation of a loss written by hand, on shapes such as [N, 1] and [N], which make [N, N].

    ## Why it is bad
    Each prediction is pulled to all targets, so that the best answer is their mean: the loss stays near the variance of the
    target and nothing is learned.

    ## How it is detected
    Both have the same sizes but for axes of size 1, one has more axes than the other, and together they make {times} times
    as many values as either has, or more. Pairs that are made on purpose, by an axis added to what the model gave, are left
    out.

    ## How to fix it
    Give both the same shape: `prediction.squeeze(1)` or `target.unsqueeze(1)`.

    ## How it is confirmed
    Probe `aligned-shapes`: the script is run again with prediction and target of one shape.
    """

    code: ClassVar[str] = "SHP301"
    name: ClassVar[str] = "broadcast-in-loss"
    family: ClassVar[Family] = Family.SHAPES
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "aligned-shapes"
    bad: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = x @ torch.randn(6) / 6**0.5 + 0.1 * torch.randn(600)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = ((model(x[rows]) - y[rows]) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[480:]).squeeze(1) - y[480:]).pow(2).mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn
torch.manual_seed(0)
x = torch.randn(600, 6)
y = x @ torch.randn(6) / 6**0.5 + 0.1 * torch.randn(600)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for rows in torch.randperm(480).split(32):
        loss = ((model(x[rows]) - y[rows].unsqueeze(1)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print((model(x[480:]).squeeze(1) - y[480:]).pow(2).mean().item())
"""

    times: int = 2

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        if record.losses is None and record.broadcasts is None:
            raise NotApplicable("the run did not record shapes")
        said: set[Where | None] = set()
        for loss in losses_with_gradient(record):
            if not loss.written and loss.where not in said and self.spread(loss):
                said.add(loss.where)
                yield self.one(f"`{loss.function}`", loss.where, loss.input.shape, loss.target.shape)
        for operation in record.broadcasts or ():
            if operation.trains and operation.where not in said:
                said.add(operation.where)
                yield self.one(f"`{operation.operation}`", operation.where, operation.left, operation.right)

    def spread(self, loss: LossFacts) -> bool:
        """Whether a loss function spreads its arguments against each other."""
        one, other = loss.input.shape, loss.target.shape
        if loss.function in ("cross_entropy", "nll_loss") or len(one) == len(other):
            return False
        rows = [size for size in one if size > 1]
        return rows == [size for size in other if size > 1] and rows != [] and self.makes(one, other) >= self.times

    def makes(self, one: tuple[int, ...], other: tuple[int, ...]) -> float:
        """How many times as many values two shapes make together."""
        longest = max(len(one), len(other))
        together, alone = 1, 1
        for left, right in zip((1,) * (longest - len(one)) + one, (1,) * (longest - len(other)) + other, strict=True):
            together *= max(left, right)
        for size in one:
            alone *= size
        return together / alone

    def one(self, what: str, where: Where | None, left: tuple[int, ...], right: tuple[int, ...]) -> Finding:
        """The finding."""
        return self.finding(
            f"{what}{at(where)} compares shapes {sizes(left)} and {sizes(right)}: each value of one with each of the other",
            Measurement(name="shape of the first", value=sizes(left)),
            Measurement(name="shape of the second", value=sizes(right)),
            Measurement(name="values compared with each value", value=self.makes(left, right), limit=1),
            where=where,
            fix="give both the same shape: prediction.squeeze(1), or target.unsqueeze(1)",
        )
