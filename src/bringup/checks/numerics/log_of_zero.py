"""NUM301 log-of-zero."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.numerics.faults import Fault, broken_by, lowest, told
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class LogOfZero(Check):
    """A logarithm was taken of zero, or of something negative.

    ## What it detects
    `log` of a value that is exactly 0 or below: a probability that has saturated, a rate that a ReLU has cut off, a
    share without any cases. Also a `log` in a branch of `torch.where` that is not used: its gradient is infinite all
    the same.

    ## Why it is bad
    From this step on the loss, the gradients and all weights are NaN: what was learned is lost, and every later figure
    means nothing.

    ## How it is detected
    The watching run notes the first loss that is not finite. A second run traces the step that made it: the first
    operation with finite arguments and another result that reaches the loss, or the first node of the backward pass
    that breaks a gradient. Here it is a logarithm whose argument reaches 0.

    ## How to fix it
    Work with logits and let the loss take the logarithm (`binary_cross_entropy_with_logits`, `cross_entropy`,
    `log_softmax`, `logsigmoid`); else keep the argument away from 0: `x.clamp(min=1e-6)` before the logarithm, not
    after.

    ## How it is confirmed
    Probe `finite-operation`: the script is run again with the arguments of this line kept just above 0: the loss
    stays finite.
    """

    code: ClassVar[str] = "NUM301"
    name: ClassVar[str] = "log-of-zero"
    family: ClassVar[Family] = Family.NUMERICS
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "finite-operation"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 6)
counts = torch.poisson(torch.exp(0.5 * x[:, 0] + 0.3 * x[:, 1]))
model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def loss_of(x, counts):
    rate = torch.relu(model(x).squeeze(1))
    return (rate - counts * torch.log(rate)).mean()


for epoch in range(6):
    for start in range(0, 512, 32):
        loss = loss_of(x[start : start + 32], counts[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print(f"test loss {loss_of(x[512:], counts[512:]):.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 6)
counts = torch.poisson(torch.exp(0.5 * x[:, 0] + 0.3 * x[:, 1]))
model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def loss_of(x, counts):
    rate = nn.functional.softplus(model(x).squeeze(1))
    return (rate - counts * torch.log(rate)).mean()


for epoch in range(6):
    for start in range(0, 512, 32):
        loss = loss_of(x[start : start + 32], counts[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print(f"test loss {loss_of(x[512:], counts[512:]):.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        found = broken_by(record, Fault.LOG)
        if found is None:
            return
        facts, origin = found
        yield self.finding(
            told(facts, origin),
            Measurement(name="smallest argument of the logarithm", value=lowest(origin.operands), limit=0.0, step=facts.trace),
            Measurement(name="loss before", value=facts.last, step=facts.step),
            fix="use a loss that takes logits, or keep the argument of the logarithm above 0: `.clamp(min=1e-6)`",
            where=origin.where or facts.where,
        )
