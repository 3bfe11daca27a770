"""NUM304 exp-overflow."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.numerics.faults import Fault, broken_by, largest, told
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class ExpOverflow(Check):
    """An exponential overflowed.

    ## What it detects
    `exp` of more than 88 (11 in half precision) is infinite: a softmax or a sigmoid written by hand, a contrastive loss
    with a small temperature, a rate or a variance given as an exponential.

    ## Why it is bad
    From this step on the loss, the gradients and all weights are NaN: what was learned is lost, and every later figure
    means nothing.

    ## How it is detected
    The watching run notes the first loss that is not finite. A second run traces the step that made it: the first
    operation with finite arguments and another result that reaches the loss, or the first node of the backward pass
    that breaks a gradient. Here it is an exponential, or a power.

    ## How to fix it
    Use the functions that cannot overflow: `softmax`, `log_softmax`, `logsumexp`, `sigmoid`, `softplus`; subtract the
    maximum before the exponential; clamp what is a logarithm of a scale.

    ## How it is confirmed
    Probe `finite-operation`: the script is run again with the exponents of this line bounded: the loss stays
    finite.
    """

    code: ClassVar[str] = "NUM304"
    name: ClassVar[str] = "exp-overflow"
    family: ClassVar[Family] = Family.NUMERICS
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "finite-operation"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 8)
view = x + 0.1 * torch.randn(640, 8)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)


def loss_of(one, other):
    one = nn.functional.normalize(model(one), dim=1)
    other = nn.functional.normalize(model(other), dim=1)
    similar = torch.exp(one @ other.T / 0.01)
    return -torch.log(similar.diagonal() / similar.sum(1)).mean()


for epoch in range(6):
    for start in range(0, 512, 32):
        loss = loss_of(x[start : start + 32], view[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print(f"test loss {loss_of(x[512:], view[512:]):.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(640, 8)
view = x + 0.1 * torch.randn(640, 8)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)


def loss_of(one, other):
    one = nn.functional.normalize(model(one), dim=1)
    other = nn.functional.normalize(model(other), dim=1)
    similar = torch.exp(one @ other.T / 0.2)
    return -torch.log(similar.diagonal() / similar.sum(1)).mean()


for epoch in range(6):
    for start in range(0, 512, 32):
        loss = loss_of(x[start : start + 32], view[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print(f"test loss {loss_of(x[512:], view[512:]):.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        found = broken_by(record, Fault.EXP)
        if found is None:
            return
        facts, origin = found
        yield self.finding(
            told(facts, origin),
            Measurement(name="largest exponent", value=largest(origin.operands), limit=88.7, step=facts.trace),
            Measurement(name="loss before", value=facts.last, step=facts.step),
            fix="use `softmax`, `log_softmax` or `logsumexp`, or subtract the maximum before the exponential",
            where=origin.where or facts.where,
        )
