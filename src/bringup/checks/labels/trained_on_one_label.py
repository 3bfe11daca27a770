"""LAB302 trained-on-one-label."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.places import target_line
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class TrainedOnOneLabel(Check):
    """Every training label is the same.

    ## What it detects
    A training loss whose labels are one class throughout, while at least {rows} evaluated rows are of another.

    ## Why it is bad
    The model learns to answer this class whatever it sees. Mostly the labels were lost on their way to the loss: the
    largest of one value was taken, a cast cut them to 0, a column was mixed up.

    ## How it is detected
    All labels that went into the loss, and the truth of evaluated rows. A loss that wants one label by design (the right
    one of several candidates always first) is not reported, as nothing is evaluated by other labels.

    ## How to fix it
    Hand the labels to the loss as they are: whole numbers [rows].

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "LAB302"
    name: ClassVar[str] = "trained-on-one-label"
    family: ClassVar[Family] = Family.LABELS
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
from bringup.record import PartsFacts, Record
part = PartsFacts(train=0, evaluate=1, rows=300, labels_complete=True, classes_trained=1, classes_evaluated=6,
                  classes_new=5, rows_of_new_classes=255)
record = Record(parts=(part,))
"""
    good: ClassVar[str] = """
from bringup.record import PartsFacts, Record
part = PartsFacts(train=0, evaluate=1, rows=300, labels_complete=True, classes_trained=6, classes_evaluated=6)
record = Record(parts=(part,))
"""

    rows: int = 10

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding a training place."""
        known = [part for part in record.need("parts") if part.labels_complete and part.classes_trained]
        if not known:
            raise NotApplicable("the labels of the training, or the truth of the evaluation, were not seen")
        seen: set[int] = set()
        for part in known:
            if part.classes_trained > 1 or part.rows_of_new_classes < self.rows or part.train in seen:
                continue
            seen.add(part.train)
            yield self.finding(
                f"every training label is the same, and {part.rows_of_new_classes} of {part.rows} evaluated rows are of others",
                Measurement(name="labels in the training", value=part.classes_trained, limit=2),
                Measurement(name="evaluated rows of other labels", value=part.rows_of_new_classes, unit="row", limit=self.rows),
                fix="hand the labels to the loss as they are: whole numbers, one a row",
                where=target_line(record, part.train),
                confidence=0.95,
            )
