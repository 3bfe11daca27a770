"""LEK302 target-among-inputs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import target_line
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class TargetAmongInputs(Check):
    """The amount to be predicted is one of the inputs.

    ## What it detects
    An input, among {features} or more, that the target is an exact straight line of, on {rows} different training rows or
    more.

    ## Why it is bad
    The model only has to copy it: the error goes to 0, and where the model is used the value is not known yet. In
    forecasts it happens when the window of the past holds the step to be predicted.

    ## How it is detected
    The correlation of the target with each input, as they reach the loss and the model: above 0.999999.

    ## How to fix it
    Leave the input out; in a forecast, take the target from one step later.

    ## How it is confirmed
    Training again without the input shows how much of the score is its work.
    """

    code: ClassVar[str] = "LEK302"
    name: ClassVar[str] = "target-among-inputs"
    family: ClassVar[Family] = Family.LEAKAGE
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
series = torch.randn(900).cumsum(0)
series = series - torch.linspace(0, 1, 900) * series[-1]
series = (series - series[:600].mean()) / series[:600].std()
x = series.unfold(0, 8, 1)
y = series[7:].unsqueeze(1)
x_train, y_train, x_test, y_test = x[:600], y[:600], x[600:], y[600:]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
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
series = torch.randn(900).cumsum(0)
series = series - torch.linspace(0, 1, 900) * series[-1]
series = (series - series[:600].mean()) / series[:600].std()
x = series.unfold(0, 8, 1)[:-1]
y = series[8:].unsqueeze(1)
x_train, y_train, x_test, y_test = x[:600], y[:600], x[600:], y[600:]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 1))
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

    rows: int = 100
    features: int = 3

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a model."""
        amounts = [answer for answer in record.need("answers") if answer.task == "regression"]
        if not amounts:
            raise NotApplicable("no amount is predicted")
        for answer in amounts:
            if answer.copied is None or answer.rows < self.rows or answer.features < self.features:
                continue
            yield self.finding(
                f"the target is an exact straight line of input {answer.copied}",
                Measurement(name="number of the input", value=answer.copied),
                Measurement(name="inputs", value=answer.features, limit=self.features),
                Measurement(name="training rows", value=answer.rows, unit="row", limit=self.rows),
                fix="leave the input out, or take the target from a later step",
                where=target_line(record, answer.site),
                confidence=0.9,
            )
