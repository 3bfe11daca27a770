"""SPL303 class-never-trained."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import input_line, source_of, split_line
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class ClassNeverTrained(Check):
    """A class is evaluated that was never trained on.

    ## What it detects
    At least {rows} evaluated rows, and {share:.0%} of them, of a class that no training label has.

    ## Why it is bad
    The model cannot answer a class that it never met. It happens when data that are sorted by class are parted by
    position.

    ## How it is detected
    The labels that went into the training loss, all of them, and the truth of evaluated rows.

    ## How to fix it
    Shuffle before the split, or split by class: `train_test_split(..., stratify=y)`.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "SPL303"
    name: ClassVar[str] = "class-never-trained"
    family: ClassVar[Family] = Family.SPLIT
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
y = torch.arange(3).repeat_interleave(200)
x = torch.randn(600, 8) + 2 * torch.randn(3, 8)[y]
x_train, y_train, x_test, y_test = x[:400], y[:400], x[400:], y[400:]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(12):
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
    good: ClassVar[str] = """
import torch
from torch import nn

torch.manual_seed(0)
y = torch.arange(3).repeat_interleave(200)
x = torch.randn(600, 8) + 2 * torch.randn(3, 8)[y]
order = torch.randperm(600)
x_train, y_train, x_test, y_test = x[order[:400]], y[order[:400]], x[order[400:]], y[order[400:]]
model = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(12):
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

    rows: int = 5
    share: float = 0.02

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding for each evaluation."""
        known = [part for part in record.need("parts") if part.labels_complete and part.classes_trained > 1]
        if not known:
            raise NotApplicable("the labels of the training, or the truth of the evaluation, were not seen")
        for part in known:
            if part.rows_of_new_classes < self.rows or part.rows_of_new_classes < self.share * part.rows:
                continue
            yield self.finding(
                f"{part.rows_of_new_classes} of {part.rows} evaluated rows are of a class never trained on",
                Measurement(
                    name="rows of classes never trained on", value=part.rows_of_new_classes, unit="row", limit=self.rows
                ),
                Measurement(name="classes that were trained on", value=part.classes_trained),
                fix=Fix(title="shuffle before the split, or split by class (`stratify`)", applicability="unsafe"),
                where=split_line(record) or source_of(record, part.evaluate).selected or input_line(record, part.evaluate),
                confidence=0.9,
            )
