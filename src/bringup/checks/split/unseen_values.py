"""SPL105 unseen-values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import percent, split
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class UnseenValues(Check):
    """A category of another part has values that training never saw.

    ## What it detects
    A category of which {share:.0%} of a part's rows or more hold a value that no training row has.

    ## Why it is bad
    To the model these values are all the same "other": it knows nothing about such rows but their remaining inputs.

    ## How it is detected
    Values of the part are looked up among those of the training rows.

    ## How to fix it
    If the column names things (customers, machines), split by group to see how the model does on new ones; else group
    rare values.

    ## How it is confirmed
    Compare the metric on rows with known and with unknown values.
    """

    code: ClassVar[str] = "SPL105"
    name: ClassVar[str] = "unseen-values"
    family: ClassVar[Family] = Family.SPLIT
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
from bringup.record import PartFacts, Record, ShiftFacts, SplitFacts
parts = {"train": PartFacts(rows=4000, digest="a"), "test": PartFacts(rows=1000, digest="b")}
shift = (ShiftFacts(column="machine", part="test", distance=0.1, noise=0.09, unseen=0.1),)
record = Record(split=SplitFacts(method="random", parts=parts, shift=shift))
"""
    good: ClassVar[str] = """
from bringup.record import PartFacts, Record, ShiftFacts, SplitFacts
parts = {"train": PartFacts(rows=4000, digest="a"), "test": PartFacts(rows=1000, digest="b")}
shift = (ShiftFacts(column="machine", part="test", distance=0.1, noise=0.09, unseen=0.001),)
record = Record(split=SplitFacts(method="random", parts=parts, shift=shift))
"""

    share: float = 0.05  # of the rows of the part

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column and part."""
        facts = split(record)
        if not facts.shift:
            raise NotApplicable("the parts were not compared")
        labels = record.target.name if record.target is not None else None
        for shift in facts.shift:
            if shift.unseen < self.share or shift.column == labels:
                continue
            yield self.finding(
                f"{percent(shift.unseen)} of the {shift.part} rows hold a value of `{shift.column}` that no training row has",
                Measurement(name="rows with a value never trained on", value=shift.unseen, limit=self.share),
                fix=f"group the rare values of `{shift.column}`, or split by it to measure how the model does on new ones",
                where=Where(column=shift.column),
            )
