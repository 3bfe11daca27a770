"""EVL302 held-out-rows-never-evaluated."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import percent
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class HeldOutRowsNeverEvaluated(Check):
    """Rows were held out, but the model is judged on those that it was trained on.

    ## What it detects
    A program that holds rows out and evaluates its model on training rows only: at least {found:.0%} of the rows of
    every evaluation were trained on. A program that holds nothing out is not reported.

    ## Why it is bad
    A model that remembers its training rows looks perfect. The rows that would tell were set aside and never used.

    ## How it is detected
    A call of `train_test_split` was seen, and the rows of each evaluation are looked up among those of the training.

    ## How to fix it
    Evaluate on the held-out part.

    ## How it is confirmed
    The metric on held-out rows.
    """

    code: ClassVar[str] = "EVL302"
    name: ClassVar[str] = "held-out-rows-never-evaluated"
    family: ClassVar[Family] = Family.EVALUATION
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import torch
from sklearn.model_selection import train_test_split
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 8)
y = (x[:, :4].sum(1) + 0.5 * torch.randn(600) > 0).long()
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=0)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(15):
    model.train()
    for rows in torch.randperm(len(x_train)).split(40):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_train).argmax(1) == y_train).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from sklearn.model_selection import train_test_split
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 8)
y = (x[:, :4].sum(1) + 0.5 * torch.randn(600) > 0).long()
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=0)
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(15):
    model.train()
    for rows in torch.randperm(len(x_train)).split(40):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("training accuracy", (model(x_train).argmax(1) == y_train).float().mean().item())
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""

    found: float = 0.99  # of the rows of an evaluation

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        splits = record.preparation.splits if record.preparation is not None else ()
        evaluations = [call for call in record.calls or () if call.use == "evaluate" and call.last_step > 0]
        if not splits or not splits[-1].held_out or not evaluations:
            raise NotApplicable("no rows were seen to be held out, or no model was evaluated")
        parts = {part.evaluate: part for part in record.parts or ()}
        seen = [parts.get(call.site) for call in evaluations]
        known = [part for part in seen if part is not None and part.found >= self.found and part.rich]
        if len(known) < len(evaluations):
            return
        last = max(known, key=lambda part: part.evaluate)
        call = next(call for call in evaluations if call.site == last.evaluate)
        yield self.finding(
            f"{percent(last.found)} of the evaluated rows were trained on; the rows held out are never used",
            Measurement(name="share of evaluated rows that were trained on", value=last.found, limit=self.found),
            Measurement(name="rows held out", value=splits[-1].held_out, unit="row"),
            fix="evaluate on the rows that were held out",
            where=call.where,
            confidence=0.8,
        )
