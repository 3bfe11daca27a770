"""FEA301 missing-values-reach-the-model."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import input_line
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class MissingValuesReachTheModel(Check):
    """Missing values go into the model and come out of it.

    ## What it detects
    Training rows with NaN or infinity whose output is not finite either, before any weight could have become NaN. A model
    that replaces them inside is not reported.

    ## Why it is bad
    One NaN makes the loss NaN, then every gradient, then every weight: training is over at the first batch that holds
    one.

    ## How it is detected
    Inputs and outputs of the first step are compared row by row. Where a line of the program was seen to make such
    values out of finite ones, a check of numerics names it, and this one is silent.

    ## How to fix it
    Fill missing values with the median of the training rows and add an input that says "was missing", or drop the rows.

    ## How it is confirmed
    Probe `filled-inputs`: the script is run again with missing inputs filled by the mean of their column.
    """

    code: ClassVar[str] = "FEA301"
    name: ClassVar[str] = "missing-values-reach-the-model"
    family: ClassVar[Family] = Family.FEATURES
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "filled-inputs"
    bad: ClassVar[str] = """
from bringup.record import InputRowsFacts, Record
record = Record(input_rows=(InputRowsFacts(site=0, rows=400, features=8, non_finite_rows=20, non_finite_reaching=3),))
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 8)
y = (x[:, :4].sum(1) > 0).long()
x[torch.rand(600, 8) < 0.02] = float("nan")
x_train, y_train, x_test, y_test = x[:400], y[:400], x[400:], y[400:]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, x):
        missing = torch.isnan(x)
        return self.layers(torch.cat([torch.where(missing, 0.0, x), missing.float()], dim=1))


model = Net()
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

    rows: int = 1

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a training place."""
        places = record.need("input_rows")
        origin = record.non_finite.origin if record.non_finite is not None else None
        if origin is not None and origin.phase == "prepared":
            return  # the program made them itself, and the line that did is named by a check of numerics
        for rows in places:
            if rows.non_finite_reaching < self.rows:
                continue
            yield self.finding(
                f"{rows.non_finite_rows} of {rows.rows} training rows hold NaN or infinity, and so does the output for them",
                Measurement(name="rows that are not finite", value=rows.non_finite_rows, unit="row", limit=0),
                Measurement(name="of these, with an output that is not", value=rows.non_finite_reaching, unit="row", limit=0),
                fix="fill missing values with the median of the training rows, or drop the rows",
                where=input_line(record, rows.site),
                confidence=0.97,
            )
