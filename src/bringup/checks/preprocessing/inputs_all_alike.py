"""PRE306 inputs-all-alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import input_line
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class InputsAllAlike(Check):
    """Every training row is the same.

    ## What it detects
    At least {rows} training rows of {features} or more values that are all equal, while their targets are not.

    ## Why it is bad
    The inputs tell nothing, so the model can only learn the commonest answer. The data were lost on their way: an index
    that is never used, a buffer that is overwritten, values cut off by a cast to whole numbers.

    ## How it is detected
    The rows that the model gets are compared.

    ## How to fix it
    Follow one example from the file to the model.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "PRE306"
    name: ClassVar[str] = "inputs-all-alike"
    family: ClassVar[Family] = Family.PREPROCESSING
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
values = torch.rand(600, 8)
y = (values[:, 0] + values[:, 1] + 0.5 * torch.randn(600) > 1).long()
x = (values.long() / 255).float()
x_train, y_train, x_test, y_test = x[:400], y[:400], x[400:], y[400:]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(8):
    model.train()
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.rand(600, 8)
x[:, 5] = 0
y = (x[:, 0] + x[:, 1] > 1).long()
x_train, y_train, x_test, y_test = x[:400], y[:400], x[400:], y[400:]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(15):
    model.train()
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""

    rows: int = 20
    features: int = 2

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a training place."""
        for rows in record.need("input_rows"):
            if rows.rows < self.rows or rows.features < self.features or rows.distinct_rows != 1 or rows.distinct_targets < 2:
                continue
            yield self.finding(
                f"all {rows.rows} training rows are equal, their targets are not",
                Measurement(name="different rows", value=rows.distinct_rows, unit="row", limit=1),
                Measurement(name="different targets", value=rows.distinct_targets),
                fix="follow one example from the file to the model: where do its values get lost?",
                where=input_line(record, rows.site),
                confidence=0.95,
            )
