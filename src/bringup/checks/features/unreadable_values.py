"""FEA108 unreadable-values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import columns
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class UnreadableValues(Check):
    """A column of numbers or dates holds text that could not be read.

    ## What it detects
    Values that are neither of the column's type nor a known way to say "missing".

    ## Why it is bad
    They are read as missing, and whatever they said is lost: "12 months" is no number, "n/b" may be an unknown code.

    ## How it is detected
    Values are counted while text is turned into the column's type.

    ## How to fix it
    Mend the values at the source, declare them as missing for this column, or give the column the role `category`.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "FEA108"
    name: ClassVar[str] = "unreadable-values"
    family: ClassVar[Family] = Family.FEATURES
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
from bringup.record import ColumnFacts, Record
columns = (
    ColumnFacts(
        name="tenure",
        role="number",
        dtype="int",
        rows=400,
        missing=3,
        distinct=72,
        unreadable=3,
        unreadable_examples=("12 months", "n/b"),
    ),
)
record = Record(columns=columns)
"""
    good: ClassVar[str] = """
from bringup.record import ColumnFacts, Record
columns = (ColumnFacts(name="tenure", role="number", dtype="int", rows=400, missing=3, distinct=72, tokens={"NA": 3}),)
record = Record(columns=columns)
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column."""
        for column in columns(record):
            if not column.unreadable or column.role == "dropped":
                continue
            examples = ", ".join(repr(text) for text in column.unreadable_examples[:3])
            yield self.finding(
                f"{column.unreadable} values of `{column.name}` are no {column.dtype}" + (f": {examples}" if examples else ""),
                Measurement(name="values that could not be read", value=column.unreadable, unit="row", limit=0),
                fix=f"mend the values, declare them as missing, or make `{column.name}` a category",
                where=Where(column=column.name),
            )
