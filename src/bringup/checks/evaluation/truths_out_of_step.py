"""EVL304 truths-out-of-step."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.agreeing import tried
from bringup.checks.check import Check
from bringup.checks.places import call_of
from bringup.checks.reading import percent
from bringup.findings import Family, Finding, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class TruthsOutOfStep(Check):
    """Answers are compared with the truths of other rows.

    ## What it detects
    Evaluated rows whose truths have nothing to do with them, while training rows tell theirs: one of the two was shuffled,
    sorted or filtered without the other.

    ## Why it is bad
    The metric is that of chance, however good the model is.

    ## How it is detected
    Of {rows} evaluated rows or more, the model answers no more than chance, within {errors} standard errors; so do simple
    models that are fitted on training rows, and simple models among the evaluated rows themselves. Among training rows the
    latter are above chance by {better} of what is left. Evaluated rows lie where training rows do, and
    no other evaluation is answered well.

    ## How to fix it
    Keep rows and truths in one table until they are handed to the model; do not shuffle the loader of an evaluation.

    ## How it is confirmed
    By the simple models: they need no training of yours.
    """

    code: ClassVar[str] = "EVL304"
    name: ClassVar[str] = "truths-out-of-step"
    family: ClassVar[Family] = Family.EVALUATION
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 6)
y = (x[:, 0] + x[:, 1] > 0).long()
x_train, y_train, x_test, y_test = x[:600], y[:600], x[600:], y[600:]
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    for rows in torch.randperm(600).split(50):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
order = torch.randperm(300)
with torch.no_grad():
    print("accuracy", (model(x_test[order]).argmax(1) == y_test).float().mean().item())
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(900, 6)
y = (x[:, 0] + x[:, 1] > 0).long()
x_train, y_train, x_test, y_test = x[:600], y[:600], x[600:], y[600:]
model = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    for rows in torch.randperm(600).split(50):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
order = torch.randperm(300)
with torch.no_grad():
    print("accuracy", (model(x_test[order]).argmax(1) == y_test[order]).float().mean().item())
"""

    rows: int = 150
    errors: float = 3.0
    better: float = 0.6  # of what is left above chance

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each evaluation."""
        for found in tried(record):
            facts = found.facts
            if facts.another or facts.judged_rows < self.rows or found.own < found.above_chance(self.better):
                continue
            if max(found.there, found.across, facts.model) > found.by_chance(self.errors):
                continue
            call = call_of(record, facts.judged)
            yield self.finding(
                f"the truths of the {facts.judged_rows} evaluated rows have nothing to do with them ({percent(found.there)} "
                f"right by simple models, {percent(facts.chance)} by chance); training rows tell theirs ({percent(found.own)})",
                *found.evidence,
                fix="keep each evaluated row and its truth together, and do not shuffle the one without the other",
                where=call.where if call is not None else None,
                confidence=0.85,
            )
