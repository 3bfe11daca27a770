"""FEA102 identifier-input."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import inputs
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import ColumnFacts, Record


@dataclass(frozen=True, kw_only=True)
class IdentifierInput(Check):
    """A column that names rows is used as an input.

    ## What it detects
    An input that has a new value in (nearly) every row and is a name or a counter: {share:.0%} distinct texts, or whole
    numbers that count the rows.

    ## Why it is bad
    A model can learn nothing from it but the training rows by heart; where the file was sorted, a row counter even
    leaks the order of collection.

    ## How it is detected
    Distinct values are compared with the rows that have one. Numbers must be whole, distinct and without a gap. Free
    text is left alone.

    ## How to fix it
    Give the column the role `identifier`, and it is left out.

    ## How it is confirmed
    Training again without the column: validation stays or rises.
    """

    code: ClassVar[str] = "FEA102"
    name: ClassVar[str] = "identifier-input"
    family: ClassVar[Family] = Family.FEATURES
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "without-column"
    bad: ClassVar[str] = """
from bringup.record import ColumnFacts, Record
columns = (
    ColumnFacts(name="age", role="number", dtype="float", rows=400, missing=0, distinct=371),
    ColumnFacts(name="customer", role="category", dtype="string", rows=400, missing=0, distinct=400),
)
record = Record(columns=columns)
"""
    good: ClassVar[str] = """
from bringup.record import ColumnFacts, Record
columns = (
    ColumnFacts(name="age", role="number", dtype="float", rows=400, missing=0, distinct=400),
    ColumnFacts(name="customer", role="identifier", dtype="string", rows=400, missing=0, distinct=400),
)
record = Record(columns=columns)
"""

    share: float = 0.95  # of the rows that have a value
    rows: int = 50

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column."""
        for column in inputs(record):
            there = column.rows - column.missing - column.infinite
            if there < self.rows or column.distinct < self.share * there:
                continue
            if not (names(column) or counts_rows(column, there)):
                continue
            yield self.finding(
                f"`{column.name}` has {column.distinct} distinct values in {there} rows and is used as a {column.role}",
                Measurement(name="distinct values", value=column.distinct),
                Measurement(name="share of rows with a value of their own", value=column.distinct / there, limit=self.share),
                fix=Fix(title=f"give `{column.name}` the role `identifier`", applicability="unsafe"),
                where=Where(column=column.name),
                confidence=0.9,
            )


def names(column: ColumnFacts) -> bool:
    """Whether the values are names rather than amounts or sentences."""
    return column.role == "category" and column.dtype in ("string", "int")


def counts_rows(column: ColumnFacts, there: int) -> bool:
    """Whether the values are 1, 2, 3... in any order."""
    if column.dtype != "int" or column.minimum is None or column.maximum is None or column.distinct < there:
        return False
    return column.maximum - column.minimum + 1 == there
