"""SPL304 evaluated-on-few-classes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import input_line, source_of, split_line
from bringup.checks.reading import percent
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class EvaluatedOnFewClasses(Check):
    """The evaluated rows have half of the classes, or fewer.

    ## What it detects
    At least {rows} evaluated rows that hold at most {classes:.0%} of the classes that were trained on, where the classes
    left out are {share:.0%} or more of the training rows, and no other evaluation of the model holds all classes.

    ## Why it is bad
    The metric is of these classes alone: a model that always answers one of them is perfect, one that knows all others is
    worthless. It happens when data that are sorted by class are parted by position.

    ## How it is detected
    The truth of evaluated rows that were not trained on, and the labels of the training.

    ## How to fix it
    Shuffle before the split, or split by class: `train_test_split(..., stratify=y)`.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "SPL304"
    name: ClassVar[str] = "evaluated-on-few-classes"
    family: ClassVar[Family] = Family.SPLIT
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
y = torch.arange(3).repeat_interleave(200)
x = torch.randn(600, 8) + 2 * torch.randn(3, 8)[y]
x_train, y_train, x_test, y_test = x[:480], y[:480], x[480:], y[480:]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(12):
    model.train()
    for rows in torch.randperm(480).split(40):
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
y = torch.arange(3).repeat_interleave(200)
x = torch.randn(600, 8) + 2 * torch.randn(3, 8)[y]
order = torch.randperm(600)
x_train, y_train, x_test, y_test = x[order[:480]], y[order[:480]], x[order[480:]], y[order[480:]]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(12):
    model.train()
    for rows in torch.randperm(480).split(40):
        loss = nn.functional.cross_entropy(model(x_train[rows]), y_train[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    print("accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
    one = y_test == 1
    print("accuracy of class 1", (model(x_test[one]).argmax(1) == y_test[one]).float().mean().item())
"""

    rows: int = 20
    classes: float = 0.5
    share: float = 0.4

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each evaluation."""
        known = [part for part in record.need("parts") if part.labels_complete and part.classes_trained > 1]
        if not known:
            raise NotApplicable("the labels of the training, or the truth of the evaluation, were not seen")
        for part in known:
            few = part.classes_evaluated <= self.classes * part.classes_trained and part.rows >= self.rows
            if not few or part.classes_new or part.not_evaluated < self.share or part.another_has_all_classes:
                continue
            yield self.finding(
                f"the {part.rows} evaluated rows hold {part.classes_evaluated} of {part.classes_trained} classes: "
                f"{percent(part.not_evaluated)} of the training rows are of classes that are never judged",
                Measurement(name="classes that are evaluated", value=part.classes_evaluated),
                Measurement(name="classes that were trained on", value=part.classes_trained),
                Measurement(name="share of training rows of other classes", value=part.not_evaluated, limit=self.share),
                fix=Fix(title="shuffle before the split, or split by class (`stratify`)", applicability="unsafe"),
                where=split_line(record) or source_of(record, part.evaluate).selected or input_line(record, part.evaluate),
                confidence=0.9,
            )
