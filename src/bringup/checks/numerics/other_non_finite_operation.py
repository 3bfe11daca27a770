"""NUM306 other-non-finite-operation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.numerics.faults import Fault, broken_by, told
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import OriginFacts, Record


@dataclass(frozen=True, kw_only=True)
class OtherNonFiniteOperation(Check):
    """An operation gave a value that is not finite.

    ## What it detects
    The first operation with finite arguments and another result that reaches the loss, where it is none of the
    well-known ones: the root of something negative, an arc cosine beyond 1, a softmax over a row that is masked from
    end to end, infinity times zero.

    ## Why it is bad
    From this step on the loss, the gradients and all weights are NaN: what was learned is lost, and every later figure
    means nothing.

    ## How it is detected
    The watching run notes the first loss that is not finite. A second run traces the step that made it: the first
    operation with finite arguments and another result that reaches the loss, or the first node of the backward pass
    that breaks a gradient. Here it is none of those that have a check of their own.

    ## How to fix it
    Look at the range of the arguments: keep them inside of where the function is defined.

    ## How it is confirmed
    The step is traced in a second run of the same program: every operation of it is looked at, and the first that
    breaks is named.
    """

    code: ClassVar[str] = "NUM306"
    name: ClassVar[str] = "other-non-finite-operation"
    family: ClassVar[Family] = Family.NUMERICS
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 6)
y = x[:, :1] + (0.2 + 0.3 * x[:, 1:2].abs()) * torch.randn(640, 1)
model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)


def loss_of(x, y):
    mean, raw = model(x).split(1, dim=1)
    spread = torch.sqrt(raw)
    return (0.5 * ((y - mean) / spread).pow(2) + torch.log(spread)).mean()


for epoch in range(8):
    for start in range(0, 512, 32):
        loss = loss_of(x[start : start + 32], y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print(f"test loss {loss_of(x[512:], y[512:]):.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 6)
y = x[:, :1] + (0.2 + 0.3 * x[:, 1:2].abs()) * torch.randn(640, 1)
model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)


def loss_of(x, y):
    mean, raw = model(x).split(1, dim=1)
    spread = nn.functional.softplus(raw) + 0.05
    return (0.5 * ((y - mean) / spread).pow(2) + torch.log(spread)).mean()


for epoch in range(8):
    for start in range(0, 512, 32):
        loss = loss_of(x[start : start + 32], y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print(f"test loss {loss_of(x[512:], y[512:]):.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        found = broken_by(record, Fault.OTHER)
        if found is None:
            return
        facts, origin = found
        yield self.finding(
            told(facts, origin),
            *[Measurement(name=f"smallest value of {entry.name}", value=entry.tensor.minimum) for entry in origin.operands],
            Measurement(name="loss before", value=facts.last, step=facts.step),
            fix=advice(origin),
            where=origin.where or facts.where,
        )


def advice(origin: OriginFacts) -> str:
    """What keeps the operation inside of where it is defined."""
    if origin.phase == "update":
        return "look at the optimizer's `eps` and learning rate: the gradient was finite, and the update was not"
    if any(entry.tensor.non_finite for entry in origin.operands):
        return "infinities met here: look at masks that cover a whole row, and at infinity times zero"
    return f"keep what goes into `{origin.operation}` inside of where it is defined"
