"""SIZ301 trained-on-a-fraction."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import input_line, source_of, split_line
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import AnswersFacts, Record


@dataclass(frozen=True, kw_only=True)
class TrainedOnAFraction(Check):
    """The model is trained on a small part of the rows that are there, and more rows would help.

    ## What it detects
    At most {rows} different training rows, while more than {times:g} times as many are evaluated, or at least {unused:.0%}
    of the data set that they are a part of is not used, and simple models gain {gain} or more in score when half of the
    evaluated rows are added to their training rows.

    ## Why it is bad
    The model remembers the few rows that it has. It happens when the two parts of a split are swapped, when a subset for
    a quick trial is left in, or when the wrong part is subsampled.

    ## How it is detected
    Different rows that were trained on and evaluated, the size of the data set behind a `Subset`, and a learning curve of
    logistic or ridge regression, neighbours and trees.

    ## How to fix it
    Train on the larger part.

    ## How it is confirmed
    Training again on more rows.
    """

    code: ClassVar[str] = "SIZ301"
    name: ClassVar[str] = "trained-on-a-fraction"
    family: ClassVar[Family] = Family.SIZE
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
y = torch.randint(8, (1000,))
x = torch.randn(1000, 20) + 0.45 * torch.randn(8, 20)[y]
x_test, y_test, x_train, y_train = x[:900], y[:900], x[900:], y[900:]
model = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(15):
    model.train()
    for rows in torch.randperm(100).split(20):
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
y = torch.randint(8, (1000,))
x = torch.randn(1000, 20) + 0.45 * torch.randn(8, 20)[y]
x_train, y_train, x_test, y_test = x[:700], y[:700], x[700:], y[700:]
model = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Linear(32, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
for epoch in range(12):
    model.train()
    for rows in torch.randperm(700).split(35):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
"""

    rows: int = 500
    times: float = 2.0
    unused: float = 0.6  # of the data set
    gain: float = 0.05

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a model."""
        judged = [answer for answer in record.need("answers") if answer.judged_rows]
        if not judged:
            raise NotApplicable("no rows were evaluated that were not trained on")
        for answer in judged:
            source = source_of(record, answer.site)
            unused = 1 - (source.rows or 0) / source.whole if source.whole and source.rows else 0.0
            fraction = answer.judged_rows > self.times * answer.rows or unused >= self.unused
            if answer.rows > self.rows or not fraction or (answer.more_score or 0.0) < self.gain:
                continue
            yield self.finding(
                f"the model is trained on {answer.rows} rows and judged by {answer.judged_rows}: more rows would help",
                Measurement(name="different training rows", value=answer.rows, unit="row", limit=self.rows),
                Measurement(name="rows that judge", value=answer.judged_rows, unit="row"),
                Measurement(name="share of the data set that is not used", value=unused, limit=self.unused),
                Measurement(name="gain of simple models from more rows", value=answer.more_score, limit=self.gain),
                fix="train on the larger part of the rows",
                where=self.place(record, answer),
                confidence=0.7,
            )

    def place(self, record: Record, answer: AnswersFacts) -> Where | None:
        """The line that parts the rows, or builds the loader of the small part."""
        source = source_of(record, answer.site)
        return split_line(record) or source.loader or input_line(record, answer.site)
