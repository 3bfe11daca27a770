"""NUM305 half-precision-overflow."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.numerics.faults import Fault, broken_by, largest, told
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class HalfPrecisionOverflow(Check):
    """A value is too large, or too small, for half precision.

    ## What it detects
    A result that is infinite in float16, whose largest number is 65504, and would not be in float32; or an update in
    float16 whose small constants are rounded to 0, as Adam's `eps` of 1e-8 is.

    ## Why it is bad
    From this step on the loss, the gradients and all weights are NaN: what was learned is lost, and every later figure
    means nothing.

    ## How it is detected
    The watching run notes the first loss that is not finite. A second run traces the step that made it: the first
    operation with finite arguments and another result that reaches the loss, or the first node of the backward pass
    that breaks a gradient. Here the result is of type float16, and what went in is of ordinary size. Steps that a
    gradient scaler skips leave no loss that is not finite, and are not spoken of.

    ## How to fix it
    Compute sums, means, norms and losses in float32 (`.float()` first), use `torch.autocast` and keep the weights in
    float32, or use bfloat16, which reaches as far as float32.

    ## How it is confirmed
    The step is traced in a second run of the same program: every operation of it is looked at, and the first that
    breaks is named.
    """

    code: ClassVar[str] = "NUM305"
    name: ClassVar[str] = "half-precision-overflow"
    family: ClassVar[Family] = Family.NUMERICS
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(320, 8) @ torch.randn(8, 1536) / 8**0.5
model = nn.Sequential(nn.Linear(1536, 16), nn.Linear(16, 1536))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)


def loss_of(rows):
    with torch.autocast("cpu", dtype=torch.float16):
        error = model(rows) - rows.half()
    return error.pow(2).sum() / 64


for epoch in range(10):
    for start in range(0, 256, 64):
        loss = loss_of(x[start : start + 64])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print(f"test loss {loss_of(x[256:]):.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(320, 8) @ torch.randn(8, 1536) / 8**0.5
model = nn.Sequential(nn.Linear(1536, 16), nn.Linear(16, 1536))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)


def loss_of(rows):
    with torch.autocast("cpu", dtype=torch.float16):
        error = model(rows) - rows.half()
    return error.float().pow(2).mean()


for epoch in range(10):
    for start in range(0, 256, 64):
        loss = loss_of(x[start : start + 64])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    print(f"test loss {loss_of(x[256:]):.3f}")
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        found = broken_by(record, Fault.HALF)
        if found is None:
            return
        facts, origin = found
        yield self.finding(
            told(facts, origin),
            Measurement(name="largest value that went in", value=largest(origin.operands), limit=65504.0, step=facts.trace),
            Measurement(name="loss before", value=facts.last, step=facts.step),
            fix="compute this in float32: `.float()` first; or use bfloat16",
            where=origin.where or facts.where,
        )
