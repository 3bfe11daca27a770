"""ARC304 dead-relu-units."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.network import DEAD, ROWS, Trouble, built, judged_units, losses, trouble_of
from bringup.checks.reading import percent
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class DeadReluUnits(Check):
    """Most units of a layer give zero for every row.

    ## What it detects
    A layer of ReLUs in which nearly all units are 0, whatever goes in, in a network that does not learn.

    ## Why it is bad
    A ReLU that is 0 everywhere has no gradient and never comes back (Maas et al. 2013); a layer of them passes nothing
    on.

    ## How it is detected
    The results of ReLUs are read from the graph of the loss on some steps: at least {dead} of the units of a layer were
    0 on all of the last looks, over {rows} rows or more, and the loss has hardly fallen.

    ## How to fix it
    Lower the learning rate (one large step pushes biases below zero for good), scale the inputs, begin with biases at
    0, or use LeakyReLU or GELU, which keep a slope.

    ## How it is confirmed
    Train one batch with a tenth of the learning rate: the units stay alive.
    """

    code: ClassVar[str] = "ARC304"
    name: ClassVar[str] = "dead-relu-units"
    family: ClassVar[Family] = Family.ARCHITECTURE
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "lower-learning-rate"
    symptom: ClassVar[bool] = True
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(896, 8)
y = (x[:, 0] + x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))
nn.init.constant_(model[2].bias, -30.0)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(3):
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
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))
nn.init.constant_(model[2].bias, 0.1)
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

    dead: float = DEAD  # share of the units of a layer
    rows: int = ROWS

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        record.need("weights")
        if trouble_of(record) is not Trouble.DEAD:
            return
        worst = max(judged_units(record), key=lambda unit: unit.dead)
        begun, later = losses(record)
        of = f" after `{worst.layer}`" if worst.layer else ""
        yield self.finding(
            f"{percent(worst.dead)} of the {worst.units} ReLU units{of} are 0 for every one of the last {worst.rows} rows",
            Measurement(name="share of dead units", value=worst.dead, limit=self.dead),
            Measurement(name="rows", value=worst.rows, limit=self.rows),
            Measurement(name="first loss", value=begun, step=0),
            Measurement(name="last loss", value=later),
            fix="lower the learning rate, scale the inputs, or use LeakyReLU",
            where=built(record, worst.layer) or worst.where,
            confidence=0.5,
        )
