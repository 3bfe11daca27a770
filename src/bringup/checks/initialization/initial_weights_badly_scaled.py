"""INI302 initial-weights-badly-scaled."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.network import GROWN, LARGE, SHRUNK, SMALL, Trouble, gain, layers_of, longest, losses, trouble_of
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record

HE = 2**0.5


@dataclass(frozen=True, kw_only=True)
class InitialWeightsBadlyScaled(Check):
    """The weights begin far too large, or far too small.

    ## What it detects
    Initial weights under which a signal grows or shrinks by orders of magnitude on its way through the layers.

    ## Why it is bad
    Large weights give outputs in the hundreds: the first loss is far off, and the first part of the training undoes the
    initialisation. Small ones let signal and gradient fade: nothing is learned (He et al. 2015).

    ## How it is detected
    The root mean square of the weights, times the root of the number of inputs, is above {large} or below {small} in at
    least half of the layers (He initialisation gives 1.41); the weights together make the signal of the first pass more
    than {grown} times larger, or less than {shrunk} of what it was; nothing normalises it in between; and the loss
    begins at 3 times what it should, by theory for classes and else by what it comes to, or hardly falls.

    ## How to fix it
    Use `nn.init.kaiming_normal_` for ReLU and `nn.init.xavier_uniform_` for tanh, which take the width into account, or
    leave torch's own initialisation.

    ## How it is confirmed
    Train one batch with the layers initialised anew, and compare the first losses.
    """

    code: ClassVar[str] = "INI302"
    name: ClassVar[str] = "initial-weights-badly-scaled"
    family: ClassVar[Family] = Family.INITIALIZATION
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "reinitialised"
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(896, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 2))
for layer in model:
    if isinstance(layer, nn.Linear):
        nn.init.normal_(layer.weight, std=2.0)
        nn.init.zeros_(layer.bias)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(8):
    for start in range(0, 768, 32):
        loss = nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(x[768:]).argmax(1) == y[768:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(896, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU(), nn.Linear(16, 2))
for layer in model:
    if isinstance(layer, nn.Linear):
        nn.init.kaiming_normal_(layer.weight)
        nn.init.zeros_(layer.bias)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(6):
    for start in range(0, 768, 32):
        loss = nn.functional.cross_entropy(model(x[start : start + 32]), y[start : start + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
with torch.no_grad():
    accuracy = (model(x[768:]).argmax(1) == y[768:]).float().mean()
print(f"accuracy {accuracy:.3f}")
"""

    large: float = LARGE  # scale of the weights
    small: float = SMALL
    grown: float = GROWN  # times, by the weights of all layers together
    shrunk: float = SHRUNK

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        record.need("weights")
        trouble = trouble_of(record)
        if trouble not in (Trouble.LARGE, Trouble.SMALL):
            return
        signals, weights = longest(record), layers_of(record)
        change = gain(signals)
        large = trouble is Trouble.LARGE
        limit = self.grown if large else self.shrunk
        worst = (max if large else min)(weights, key=lambda weight: weight.scale or 1.0)
        times = (worst.scale or 0.0) / HE
        first, later = losses(record)
        yield self.finding(
            f"the signal {'grows' if large else 'shrinks'} {number(change)} times over {len(signals)} layers: the weights of "
            f"`{worst.name}` are {number(times)} times as large as by He; the first loss is {number(first)}",
            Measurement(name="change of the signal over the layers", value=change, limit=limit, step=0),
            Measurement(name="scale of the weights", value=worst.scale, limit=self.large if large else self.small, step=0),
            Measurement(name="first loss", value=first, step=0),
            Measurement(name="last loss", value=later),
            fix="initialise with `nn.init.kaiming_normal_` (ReLU) or `nn.init.xavier_uniform_` (tanh)",
            where=worst.where,
            confidence=0.9,
        )
