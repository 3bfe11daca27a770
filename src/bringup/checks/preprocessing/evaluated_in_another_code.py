"""PRE310 evaluated-in-another-code."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.agreeing import tried
from bringup.checks.check import Check
from bringup.checks.places import input_line, source_of
from bringup.checks.reading import percent
from bringup.findings import Family, Finding, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class EvaluatedInAnotherCode(Check):
    """Evaluated rows are written in another code than training rows.

    ## What it detects
    Training rows that tell their classes, evaluated rows that tell theirs, and no model that carries over from one to the
    other: tokens numbered anew, columns in another order, classes numbered otherwise.

    ## Why it is bad
    What was learned does not apply. The model looks as if it overfitted, and more data or regularisation will not help.

    ## How it is detected
    Simple models, cross-validated, are above chance by {better} of what is left or more among training rows and among
    evaluated rows. Fitted on the former and judged on the latter they keep less than {kept} of that, or are within {errors}
    standard errors of chance; so is the model. Of tokens, the simple models see the counts. Rows of amounts
    are not judged where the model answers another evaluation well.

    ## How to fix it
    Make the vocabulary, the order of columns and the numbers of classes once, on training rows, and use them for both parts.

    ## How it is confirmed
    By the simple models: they need no training of yours.
    """

    code: ClassVar[str] = "PRE310"
    name: ClassVar[str] = "evaluated-in-another-code"
    family: ClassVar[Family] = Family.PREPROCESSING
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
words = torch.randint(10, 60, (900, 12))
y = torch.arange(900) % 2
words[:, :3] = torch.randint(0, 5, (900, 3)) + 5 * y[:, None]  # each class has words of its own
number = torch.arange(60).flip(0)
x_train, y_train, x_test, y_test = words[:600], y[:600], number[words[600:]], y[600:]


class Bag(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(60, 16)
        self.head = nn.Linear(16, 2)

    def forward(self, tokens):
        return self.head(self.embedding(tokens).mean(dim=1))


model = Bag()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(10):
    for rows in torch.randperm(600).split(50):
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
words = torch.randint(10, 60, (900, 12))
y = torch.arange(900) % 2
words[:, :3] = torch.randint(0, 5, (900, 3)) + 5 * y[:, None]
number = torch.arange(60).flip(0)
words = number[words]
x_train, y_train, x_test, y_test = words[:600], y[:600], words[600:], y[600:]


class Bag(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(60, 16)
        self.head = nn.Linear(16, 2)

    def forward(self, tokens):
        return self.head(self.embedding(tokens).mean(dim=1))


model = Bag()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(10):
    for rows in torch.randperm(600).split(50):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""

    errors: float = 3.0
    better: float = 0.4  # of what is left above chance
    kept: float = 0.3  # of what is gained among the rows of one part

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each evaluation."""
        for found in tried(record):
            facts = found.facts
            if facts.another and not facts.tokens:
                continue  # an evaluation on rows that are different on purpose
            least = min(found.own, found.there)
            hardly = max(found.by_chance(self.errors), facts.chance + self.kept * (least - facts.chance))
            if least < found.above_chance(self.better) or max(found.across, facts.model) > hardly:
                continue
            what = "tokens" if facts.tokens else "values"
            yield self.finding(
                f"what {what} of training rows tell of their classes ({percent(found.own)} right by simple models) does not "
                f"hold for the {facts.judged_rows} evaluated rows ({percent(found.across)}), whose own {what} tell theirs "
                f"({percent(found.there)})",
                *found.evidence,
                fix="make vocabulary, columns and class numbers once, on training rows, and use them for both",
                where=source_of(record, facts.judged).selected or input_line(record, facts.judged),
                confidence=0.85,
            )
