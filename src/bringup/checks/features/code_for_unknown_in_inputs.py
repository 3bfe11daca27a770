"""FEA302 code-for-unknown-in-inputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import input_line
from bringup.checks.reading import number
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class CodeForUnknownInInputs(Check):
    """A value far from all others, as a code for "unknown" is, goes into the model.

    ## What it detects
    An input of which several rows share one outermost value that lies {gap:g} times the range of all other values away
    from them.

    ## Why it is bad
    Codes such as -9999 are no measurements. They dominate mean and standard deviation, so that scaling squeezes all true
    values into one point, and they pull the answers of their rows far off.

    ## How it is detected
    The values of each input, as the model gets them, scaled or not: the code stays as far away as it was.

    ## How to fix it
    Read the code as missing; fill it with the median of the training rows, and add an input that says "was missing".

    ## How it is confirmed
    Training again with the code read as missing.
    """

    code: ClassVar[str] = "FEA302"
    name: ClassVar[str] = "code-for-unknown-in-inputs"
    family: ClassVar[Family] = Family.FEATURES
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
sensors = torch.randn(900, 4) * 6 + 15
y = ((sensors - 15) / 6)[:, :2].sum(1, keepdim=True) + 0.1 * torch.randn(900, 1)
sensors[:, 2:][torch.rand(900, 2) < 0.03] = -9999
x = (sensors - sensors[:600].mean(0)) / sensors[:600].std(0)
x_train, y_train, x_test, y_test = x[:600], y[:600], x[600:], y[600:]
model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(15):
    model.train()
    for rows in torch.randperm(600).split(40):
        loss = nn.functional.mse_loss(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("mse", nn.functional.mse_loss(model(x_test), y_test).item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
sensors = torch.randn(900, 4) * 6 + 15
y = ((sensors - 15) / 6)[:, :2].sum(1, keepdim=True) + 0.1 * torch.randn(900, 1)
sensors[:, 2:][torch.rand(900, 2) < 0.03] = 0
sensors[7, 3] = 90
x = (sensors - sensors[:600].mean(0)) / sensors[:600].std(0)
x_train, y_train, x_test, y_test = x[:600], y[:600], x[600:], y[600:]
model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(15):
    model.train()
    for rows in torch.randperm(600).split(40):
        loss = nn.functional.mse_loss(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("mse", nn.functional.mse_loss(model(x_test), y_test).item())
"""

    gap: float = 8.0  # times the range of all other values

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a training place."""
        for rows in record.need("input_rows"):
            if not rows.apart or rows.apart_gap < self.gap:
                continue
            yield self.finding(
                f"{rows.apart} input(s) hold a value far from all others in several rows: {number(rows.apart_value)} in "
                f"{rows.apart_rows} of them",
                Measurement(name="distance, as a multiple of the range of all others", value=rows.apart_gap, limit=self.gap),
                Measurement(name="rows with that value", value=rows.apart_rows, unit="row"),
                Measurement(name="inputs that have such a value", value=rows.apart, limit=0),
                fix="read the code as missing, and fill it with the median of the training rows",
                where=input_line(record, rows.site),
                confidence=0.9,
            )
