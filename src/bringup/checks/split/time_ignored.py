"""SPL104 time-ignored."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import inputs, split
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class TimeIgnored(Check):
    """Rows have a time, and the split does not heed it.

    ## What it detects
    A random split of rows with a date. It is a warning where the file is in order of time and the targets of
    neighbouring rows are alike (agreement or autocorrelation of {alike} or more).

    ## Why it is bad
    If the model is to predict what comes later, a random split lets it look ahead: rows of the next hour are in
    training, and the score is too good.

    ## How it is detected
    Roles of the columns, the order of the file, and how alike the targets of neighbouring rows are.

    ## How to fix it
    Split by time if the model will be used on later rows: test on the latest.

    ## How it is confirmed
    Train again on a split by time, and compare the scores.
    """

    code: ClassVar[str] = "SPL104"
    name: ClassVar[str] = "time-ignored"
    family: ClassVar[Family] = Family.SPLIT
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
from bringup.record import ColumnFacts, PartFacts, Record, SplitFacts, TargetFacts
parts = {"train": PartFacts(rows=4000, digest="a"), "test": PartFacts(rows=1000, digest="b")}
record = Record(
    columns=(ColumnFacts(name="hour", role="date", dtype="date", rows=5000, missing=0, distinct=5000, increasing=True),),
    target=TargetFacts(name="load", task="regression", rows=5000, missing=0, mean=3.0, std=1.0, neighbours=0.84),
    split=SplitFacts(method="random", parts=parts),
)
"""
    good: ClassVar[str] = """
from bringup.record import ColumnFacts, PartFacts, Record, SplitFacts, TargetFacts
parts = {"train": PartFacts(rows=4000, digest="a"), "test": PartFacts(rows=1000, digest="b")}
record = Record(
    columns=(ColumnFacts(name="hour", role="date", dtype="date", rows=5000, missing=0, distinct=5000, increasing=True),),
    target=TargetFacts(name="load", task="regression", rows=5000, missing=0, mean=3.0, std=1.0, neighbours=0.84),
    split=SplitFacts(method="time", parts=parts, by="hour"),
)
"""

    alike: float = 0.3

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        facts = split(record)
        if facts.method not in ("random", "stratified"):
            return
        dates = [column for column in inputs(record) if column.role == "date"]
        if not dates:
            raise NotApplicable("no column is a date")
        ordered = [column.name for column in dates if column.increasing]
        alike = record.target.neighbours if record.target is not None else None
        severe = bool(ordered) and alike is not None and alike >= self.alike
        column = ordered[0] if ordered else dates[0].name
        yield self.finding(
            f"the rows have a time (`{column}`), and the split is {facts.method}",
            Measurement(name="likeness of the targets of neighbouring rows", value=alike, limit=self.alike),
            Measurement(name="the file is in order of time", value=bool(ordered), unit=""),
            fix=Fix(title=f"split by time (`{column}`) if the model will be used on later rows", applicability="unsafe"),
            where=Where(column=column),
            confidence=0.8 if severe else 0.5,
            severity=Severity.WARNING if severe else Severity.NOTE,
        )
