"""EVL305 argmax-of-one-column."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class ArgmaxOfOneColumn(Check):
    """The answer is taken by argmax from an output of one column.

    ## What it detects
    A model with one output a row, and an evaluation that takes the place of the largest value in each row: it is always 0.

    ## Why it is bad
    Every row is answered with class 0. Training may be perfect, and the metric is the share of that class.

    ## How it is detected
    The output of the call has one column, and the text of the function takes an argmax over its columns: of the call itself, or
    of the name that it is assigned to.

    ## How to fix it
    Compare the output with a threshold: 0.5 for probabilities, 0 for raw scores. Or give the model one output a class.

    ## How it is confirmed
    The shape is the proof.
    """

    code: ClassVar[str] = "EVL305"
    name: ClassVar[str] = "argmax-of-one-column"
    family: ClassVar[Family] = Family.EVALUATION
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 8)
y = (x[:, :4].sum(1) > 0).float()
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(8):
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.binary_cross_entropy_with_logits(model(x[rows]).squeeze(1), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    scores = model(x[400:])
answers = scores.argmax(dim=1).numpy()
print("accuracy", (answers == y[400:].numpy()).mean())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 8)
y = (x[:, :4].sum(1) > 0).float()
model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(8):
    for rows in torch.randperm(400).split(40):
        loss = nn.functional.binary_cross_entropy_with_logits(model(x[rows]).squeeze(1), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    scores = model(x[400:])
answers = (scores.squeeze(1) > 0).numpy()
print("most confident row", scores.argmax(dim=0).item())
print("accuracy", (answers == y[400:].numpy()).mean())
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each line."""
        said = set()
        for call in record.need("calls"):
            if call.argmax is None or call.argmax in said:
                continue
            said.add(call.argmax)
            yield self.finding(
                "the argmax of an output of shape [rows, 1] is always 0: every row is answered with class 0",
                Measurement(name="columns of the output", value=1, limit=2),
                fix=Fix(title="compare the output with 0.5 (probabilities) or 0 (raw scores)", applicability="unsafe"),
                where=call.argmax,
            )
