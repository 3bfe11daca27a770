"""SPL103 class-missing-in-part."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import listed, split
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class ClassMissingInPart(Check):
    """A part lacks a class.

    ## What it detects
    A class of a later part that training does not have (an error), or a class of more than {share:.1%} of the training
    rows that a later part does not have.

    ## Why it is bad
    A class that was never trained on is never predicted; a class that is never judged may be learned as badly as can
    be, unnoticed.

    ## How it is detected
    The classes of the parts are compared. Classes that are only spelled otherwise have a check of their own.

    ## How to fix it
    Split by class (stratified), or shuffle before the split.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "SPL103"
    name: ClassVar[str] = "class-missing-in-part"
    family: ClassVar[Family] = Family.SPLIT
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
from bringup.record import PartFacts, Record, SplitFacts
parts = {
    "train": PartFacts(rows=800, digest="a", classes=(("a", 500), ("b", 300))),
    "test": PartFacts(rows=200, digest="b", classes=(("c", 200),)),
}
parts["test"] = PartFacts(rows=200, digest="b", classes=(("a", 90), ("b", 60), ("c", 50)))
record = Record(split=SplitFacts(method="random", parts=parts))
"""
    good: ClassVar[str] = """
from bringup.record import PartFacts, Record, SplitFacts
parts = {
    "train": PartFacts(rows=800, digest="a", classes=(("a", 500), ("b", 300))),
    "test": PartFacts(rows=200, digest="b", classes=(("a", 130), ("b", 70))),
}
record = Record(split=SplitFacts(method="stratified", parts=parts))
"""

    share: float = 0.005  # of the training rows

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most two findings a part."""
        facts = split(record)
        train = facts.parts.get("train")
        if train is None or not train.classes:
            raise NotApplicable("the target is no class, or there are no training rows")
        known = dict(train.classes)
        respelled = {other for _, other in facts.label_variants}
        for name, part in facts.parts.items():
            if name == "train" or not part.classes:
                continue
            here = dict(part.classes)
            new = [label for label in here if label not in known and label not in respelled]
            gone = [
                label
                for label, count in known.items()
                if label not in here and count > self.share * train.rows and not respelled
            ]
            if new:
                yield self.finding(
                    f"the {name} part has {len(new)} class(es) that training lacks: {listed(new, 5)}",
                    Measurement(name="classes that training lacks", value=len(new), limit=0),
                    fix="split by class (stratified)",
                    severity=Severity.ERROR,
                )
            if gone:
                yield self.finding(
                    f"the {name} part lacks {len(gone)} of the {len(known)} classes: {listed(gone, 5)}",
                    Measurement(name="classes that the part lacks", value=len(gone), limit=0),
                    fix="split by class (stratified)",
                )
