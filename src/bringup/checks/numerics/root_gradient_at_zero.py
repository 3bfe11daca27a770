"""NUM302 root-gradient-at-zero."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.numerics.faults import Fault, broken_by, lowest, told
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class RootGradientAtZero(Check):
    """A root was differentiated at zero, where its slope is infinite.

    ## What it detects
    `sqrt`, a norm, a standard deviation, a power below 1 or an arc cosine whose value is fine and whose derivative is
    not: a distance between two equal vectors, the spread of equal values, an angle of 0.

    ## Why it is bad
    From this step on the loss, the gradients and all weights are NaN: what was learned is lost, and every later figure
    means nothing. The loss of the faulty step itself looks right.

    ## How it is detected
    The watching run notes the first loss that is not finite. A second run traces the step that made it: the first
    operation with finite arguments and another result that reaches the loss, or the first node of the backward pass
    that breaks a gradient. Here it is the gradient of a root.

    ## How to fix it
    Add a small number under the root (`torch.sqrt(x + 1e-12)`), use the squared distance, clamp the cosine to less than
    1, or leave out pairs of the same thing.

    ## How it is confirmed
    Probe `finite-operation`: the script is run again with the arguments of this line kept just above 0: the loss
    stays finite.
    """

    code: ClassVar[str] = "NUM302"
    name: ClassVar[str] = "root-gradient-at-zero"
    family: ClassVar[Family] = Family.NUMERICS
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "finite-operation"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 6)
first, second = torch.cat([torch.randint(0, 400, (2, 512)), torch.randint(400, 600, (2, 128))], dim=1)
second[::40] = first[::40]
apart = (x[first, :2] - x[second, :2]).norm(dim=1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def distance(i, j):
    return torch.sqrt((model(x[i]) - model(x[j])).pow(2).sum(1))


for epoch in range(6):
    for start in range(0, 512, 32):
        rows = slice(start, start + 32)
        loss = (distance(first[rows], second[rows]) - apart[rows]).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print(f"test error {(distance(first[512:], second[512:]) - apart[512:]).abs().mean():.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 6)
first, second = torch.cat([torch.randint(0, 400, (2, 512)), torch.randint(400, 600, (2, 128))], dim=1)
second[::40] = first[::40]
apart = (x[first, :2] - x[second, :2]).norm(dim=1)
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def distance(i, j):
    return torch.sqrt((model(x[i]) - model(x[j])).pow(2).sum(1) + 1e-12)


for epoch in range(6):
    for start in range(0, 512, 32):
        rows = slice(start, start + 32)
        loss = (distance(first[rows], second[rows]) - apart[rows]).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print(f"test error {(distance(first[512:], second[512:]) - apart[512:]).abs().mean():.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        found = broken_by(record, Fault.ROOT)
        if found is None:
            return
        facts, origin = found
        yield self.finding(
            told(facts, origin),
            Measurement(name="smallest value of the root", value=lowest(origin.operands), limit=0.0, step=facts.trace),
            Measurement(name="loss before", value=facts.last, step=facts.step),
            fix=f"keep what is under the root above 0: `torch.{origin.operation}(x + 1e-12)`, or use the square",
            where=origin.where or facts.where,
        )
