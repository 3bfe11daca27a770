"""EVL301 metric-of-one-batch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import LoopFacts, Record

WORDS = {
    "overwritten": "`{0}` is set anew by every batch and read after the loop: it tells of the last batch only",
    "reset": "`{0}` begins anew with every batch and is read after the loop: it tells of the last batch only",
    "kept": "`{0}` is of the last batch when it is compared with the truth after the loop",
    "returned": "the function returns inside the loop over batches: `{0}` tells of the first batch only",
}
FIXES = {
    "overwritten": "add up: `{0} += …`",
    "reset": "begin `{0}` before the loop",
    "kept": "compare inside the loop, batch by batch, and add up",
    "returned": "return after the loop",
}


@dataclass(frozen=True, kw_only=True)
class MetricOfOneBatch(Check):
    """The metric is made of one batch, not of all.

    ## What it detects
    A loop over evaluation batches, seen to go through at least {batches} of them, after which a count, a list or a pair
    of answers and truths is read that holds one batch: it is overwritten or emptied in each round, or the function
    returns in the first one.

    ## Why it is bad
    The metric is of a few rows, or of a few rows divided by all rows. Training may be perfect and look like chance, and
    the best model is chosen by luck.

    ## How it is detected
    Calls of the model say which loop evaluates, and how many batches went through it. The text of that loop says what
    becomes of its variables: set or emptied in its body, never read there, and read after it.

    ## How to fix it
    Add up over batches, and divide by the number of rows once, after the loop.

    ## How it is confirmed
    The metric computed again from all answers that were seen.
    """

    code: ClassVar[str] = "EVL301"
    name: ClassVar[str] = "metric-of-one-batch"
    family: ClassVar[Family] = Family.EVALUATION
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 8)
y = (x[:, :4].sum(1) > 0).long()
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
hits = 0
with torch.no_grad():
    for xb, yb in zip(x_test.split(50), y_test.split(50)):
        hits = (model(xb).argmax(1) == yb).sum().item()
print("accuracy", hits / len(y_test))
"""
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(600, 8)
y = (x[:, :4].sum(1) > 0).long()
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
hits, last = 0, 0.0
with torch.no_grad():
    for xb, yb in zip(x_test.split(50), y_test.split(50)):
        right = (model(xb).argmax(1) == yb).sum().item()
        hits += right
        last = right / len(yb)
        print(f"accuracy of this batch {last}")
print("accuracy", hits / len(y_test))
"""

    batches: int = 2

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a loop."""
        if not any(call.use == "evaluate" for call in record.calls or ()):
            raise NotApplicable("no model was evaluated")
        seen: set[str] = set()
        for loop in record.loops or ():
            few = max(loop.batches, loop.expected or 0) < self.batches
            if few or str(loop.where) in seen:
                continue
            seen.add(str(loop.where))
            yield self.explain(loop, record)

    def explain(self, loop: LoopFacts, record: Record) -> Finding:
        """Say which variable it is, and what the metric of all batches is where the truth was seen."""
        measurements = [Measurement(name="batches in a pass", value=max(loop.batches, loop.expected or 0), limit=self.batches)]
        for answer in record.answers or ():
            if answer.judged == loop.site and answer.model is not None:
                name = "accuracy over all batches" if answer.task == "classification" else "R² over all batches"
                measurements.append(Measurement(name=name, value=answer.model))
        return self.finding(
            WORDS[loop.kind].format(loop.variable),
            *measurements,
            fix=FIXES[loop.kind].format(loop.variable),
            where=loop.where,
            confidence=0.97 if loop.kind != "kept" else 0.85,
        )
