"""LAB103 label-format-differs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import split
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class LabelFormatDiffers(Check):
    """The test rows spell a class in another way than the training rows.

    ## What it detects
    Labels of a part that training does not have, but has under another spelling: adult.test writes ">50K." where
    adult.data writes ">50K".

    ## Why it is bad
    Every such row counts as a mistake, whatever the model says: the test score is meaningless.

    ## How it is detected
    Labels of the two parts are compared, as they are and after folding case, blanks and final stops.

    ## How to fix it
    Spell each class in one way in both files.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "LAB103"
    name: ClassVar[str] = "label-format-differs"
    family: ClassVar[Family] = Family.LABELS
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
from bringup.record import PartFacts, Record, SplitFacts
parts = {
    "train": PartFacts(rows=800, digest="a", classes=(("<=50K", 600), (">50K", 200))),
    "test": PartFacts(rows=400, digest="b", classes=(("<=50K.", 300), (">50K.", 100))),
}
record = Record(split=SplitFacts(method="given", parts=parts, label_variants=(("<=50K", "<=50K."), (">50K", ">50K."))))
"""
    good: ClassVar[str] = """
from bringup.record import PartFacts, Record, SplitFacts
parts = {
    "train": PartFacts(rows=800, digest="a", classes=(("<=50K", 600), (">50K", 200))),
    "test": PartFacts(rows=400, digest="b", classes=(("<=50K", 300), (">50K", 100))),
}
record = Record(split=SplitFacts(method="given", parts=parts))
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        pairs = split(record).label_variants
        if not pairs:
            return
        yield self.finding(
            "labels of the test rows are spelled otherwise than in training: "
            + ", ".join(f"{other!r} for {label!r}" for label, other in pairs[:5]),
            Measurement(name="labels with another spelling", value=len(pairs), limit=0),
            fix=Fix(title="spell the labels of both files in one way", applicability="unsafe"),
        )
