"""CRS312 shapes-of-operation-do-not-fit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.crash.kinds import Kind, failed_by, shapes
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import FailureFacts, Record


@dataclass(frozen=True, kw_only=True)
class ShapesOfOperationDoNotFit(Check):
    """An operation in the program's own code is given shapes that do not fit together.

    ## What it detects
    A product, a sum, a concatenation, a `view` or a `stack` outside of torch's layers that raises because of the shapes
    of its operands.

    ## Why it is bad
    The program ends here; nothing was learned.

    ## How it is detected
    The expression that failed is read from the program, and the tensors that it names from the frames of the exception.

    ## How to fix it
    Look at the axes of both operands: a transpose, an `unsqueeze` or another `dim` usually makes them fit.

    ## How it is confirmed
    Run the program again after the change: the exception is gone, or another one tells what comes next.
    """

    code: ClassVar[str] = "CRS312"
    name: ClassVar[str] = "shapes-of-operation-do-not-fit"
    family: ClassVar[Family] = Family.CRASH
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn


class TwoBranches(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right, self.head = nn.Linear(4, 16), nn.Linear(4, 8), nn.Linear(24, 2)

    def forward(self, x):
        left, right = torch.relu(self.left(x[:, :4])), torch.relu(self.right(x[:, 4:]))
        return self.head(torch.cat([left, right], dim=0))


torch.manual_seed(0)
x = torch.randn(640, 8)
y = (x[:, 0] + x[:, 5] > 0).long()
model = TwoBranches()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for start in range(0, 512, 32):
        loss = nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(x[512:]).argmax(1) == y[512:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn


class TwoBranches(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right, self.head = nn.Linear(4, 16), nn.Linear(4, 8), nn.Linear(24, 2)

    def forward(self, x):
        left, right = torch.relu(self.left(x[:, :4])), torch.relu(self.right(x[:, 4:]))
        return self.head(torch.cat([left, right], dim=1))


torch.manual_seed(0)
x = torch.randn(640, 8)
y = (x[:, 0] + x[:, 5] > 0).long()
model = TwoBranches()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(8):
    for start in range(0, 512, 32):
        loss = nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(x[512:]).argmax(1) == y[512:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        failed = failed_by(record, Kind.OPERATION_SHAPE)
        if failed is None:
            return
        given = f" with {shapes(failed)}" if failed.operands else ""
        yield self.finding(
            f"{failed.message.splitlines()[0]} in `{failed.expression}`{given}",
            *[
                Measurement(name=f"shape of `{entry.name}`", value=str(list(entry.tensor.shape)))
                for entry in failed.operands[:4]
            ],
            Measurement(name="layers that ran before", value=len(failed.layers)),
            fix=advice(failed),
            where=failed.where,
        )


def advice(failed: FailureFacts) -> str:
    """What usually makes the shapes fit."""
    if "invalid for input of size" in failed.message:
        return "keep the batch and let torch count the rest: `x.flatten(1)` or `x.view(x.size(0), -1)`"
    if "not compatible with input tensor's size and stride" in failed.message:
        return "use `reshape` for `view`"
    if "cannot be multiplied" in failed.message:
        return "make the last axis of the left operand and the first of the right one agree"
    if "except in dimension" in failed.message:
        return "concatenate along the axis in which the tensors differ: look at `dim`"
    return "make the axes agree: `unsqueeze`, `transpose`, or another `dim`"
