"""NUM303 division-by-zero."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.numerics.faults import Fault, broken_by, divisor, told
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class DivisionByZero(Check):
    """Something was divided by zero, or averaged over nothing.

    ## What it detects
    A division whose divisor holds a 0, a mean of a tensor without values, a standard deviation of one value, a loss all
    of whose targets are ignored.

    ## Why it is bad
    From this step on the loss, the gradients and all weights are NaN: what was learned is lost, and every later figure
    means nothing.

    ## How it is detected
    The watching run notes the first loss that is not finite. A second run traces the step that made it: the first
    operation with finite arguments and another result that reaches the loss, or the first node of the backward pass
    that breaks a gradient. Here it is a division, or an average over nothing.

    ## How to fix it
    Keep the divisor away from 0 (`.clamp(min=1)` for counts, `+ 1e-8` for scales), and skip batches in which there is
    nothing to average.

    ## How it is confirmed
    Probe `finite-operation`: the script is run again with the divisors of this line kept just beside 0: the loss
    stays finite.
    """

    code: ClassVar[str] = "NUM303"
    name: ClassVar[str] = "division-by-zero"
    family: ClassVar[Family] = Family.NUMERICS
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "finite-operation"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 6)
y = x[:, 0] + 0.5 * x[:, 1] + 0.1 * torch.randn(640)
known = torch.rand(640) < 0.3
known[96:112] = False
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def loss_of(rows):
    weight = known[rows].float()
    error = (model(x[rows]).squeeze(1) - y[rows]).pow(2)
    return (weight * error).sum() / weight.sum()


for epoch in range(6):
    for start in range(0, 512, 16):
        loss = loss_of(slice(start, start + 16))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print(f"test loss {loss_of(slice(512, 640)):.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 6)
y = x[:, 0] + 0.5 * x[:, 1] + 0.1 * torch.randn(640)
known = torch.rand(640) < 0.3
known[96:112] = False
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def loss_of(rows):
    weight = known[rows].float()
    error = (model(x[rows]).squeeze(1) - y[rows]).pow(2)
    return (weight * error).sum() / weight.sum().clamp(min=1)


for epoch in range(6):
    for start in range(0, 512, 16):
        loss = loss_of(slice(start, start + 16))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print(f"test loss {loss_of(slice(512, 640)):.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        found = broken_by(record, Fault.DIVISION)
        if found is None:
            return
        facts, origin = found
        yield self.finding(
            told(facts, origin),
            Measurement(name="share of zeros in the divisor", value=divisor(origin).zeros, limit=0.0, step=facts.trace),
            Measurement(name="loss before", value=facts.last, step=facts.step),
            fix="skip what has nothing to average, or ask for the spread of two values or more"
            if origin.empty
            else "keep the divisor away from 0: `.clamp(min=1)` for counts, `+ 1e-8` for scales",
            where=origin.where or facts.where,
        )
