"""SPL301 evaluated-rows-were-trained-on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import input_line, source_of, split_line
from bringup.checks.reading import percent
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import PartsFacts, Record


@dataclass(frozen=True, kw_only=True)
class EvaluatedRowsWereTrainedOn(Check):
    """Some of the evaluated rows were trained on.

    ## What it detects
    {least:.0%} to {most:.0%} of the different evaluated rows, {times:g} times more than chance gives, are equal to rows
    that the same model was trained on before. An evaluation on training rows alone, or on all rows, is no leak.

    ## Why it is bad
    The model has seen the answers to these rows, so the score is higher than what new rows would give.

    ## How it is detected
    Rows are compared as the model gets them. Trained and untrained rows must be mixed: a loop that evaluates the training
    rows and then the test rows is found by their order. Rows of few possible values are left out, as they are equal by
    accident; so are texts put together from few pieces, where as many of the other rows are nearly equal.

    ## How to fix it
    Split first; then oversample, augment or cut into windows, within the training rows only. Drop copies before the
    split.

    ## How it is confirmed
    The metric on evaluated rows that were not trained on.
    """

    code: ClassVar[str] = "SPL301"
    name: ClassVar[str] = "evaluated-rows-were-trained-on"
    family: ClassVar[Family] = Family.SPLIT
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(500, 8)
y = (x[:, :4].sum(1) > 2).long()
rare = (y == 1).nonzero().squeeze(1)
more = torch.cat([torch.arange(500), rare[torch.randint(len(rare), (300,))]])
x, y = x[more], y[more]
order = torch.randperm(800)
x_train, y_train, x_test, y_test = x[order[:560]], y[order[:560]], x[order[560:]], y[order[560:]]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(15):
    model.train()
    for rows in torch.randperm(560).split(40):
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
x = torch.randn(500, 8)
y = (x[:, :4].sum(1) > 2).long()
x_train, y_train, x_test, y_test = x[:350], y[:350], x[350:], y[350:]
rare = (y_train == 1).nonzero().squeeze(1)
more = torch.cat([torch.arange(350), rare[torch.randint(len(rare), (200,))]])
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(15):
    model.train()
    for rows in more[torch.randperm(550)].split(50):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    for part, rows, truth in (("training", x_train, y_train), ("test", x_test, y_test)):
        print(part, (model(rows).argmax(1) == truth).float().mean().item())
"""

    least: float = 0.05
    most: float = 0.95
    times: float = 3.0
    copies: int = 10  # evaluated rows that were trained on
    mixed: float = 0.5  # of the switches that a mixture has
    covered: float = 0.9  # of the training rows: above, all rows are evaluated
    severe: float = 0.2

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each evaluation."""
        for part in record.need("parts"):
            if not self.is_leak(part):
                continue
            copies = round(part.found * part.distinct)
            yield self.finding(
                f"{copies} of {part.distinct} different evaluated rows ({percent(part.found)}) were trained on",
                Measurement(name="share of evaluated rows that were trained on", value=part.found, limit=self.least),
                Measurement(name="share by chance", value=part.found_by_chance, limit=self.least / self.times),
                Measurement(name="share of the training rows that are evaluated", value=part.covered, limit=self.covered),
                fix="split first; oversample or augment the training rows only, and drop copies before the split",
                where=split_line(record) or source_of(record, part.evaluate).selected or input_line(record, part.evaluate),
                severity=Severity.ERROR if part.found >= self.severe else Severity.WARNING,
                confidence=0.95 if part.found >= self.severe else 0.8,
            )

    def is_leak(self, part: PartsFacts) -> bool:
        """Whether trained rows are mixed into an evaluation of others."""
        if not part.rich or not self.least <= part.found <= self.most or part.found * part.distinct < self.copies:
            return False
        by_chance = part.found < self.times * part.found_by_chance + 0.02 or part.found <= part.found_nearly
        return not by_chance and part.switches >= self.mixed and part.covered < self.covered
