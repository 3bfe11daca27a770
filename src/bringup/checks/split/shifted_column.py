"""SPL102 shifted-column."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number, split
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class ShiftedColumn(Check):
    """A column lies elsewhere in another part than in training.

    ## What it detects
    A column whose mean is off by {distance} training standard deviations or more (numbers), or whose shares of values
    are ({distance:.0%} of the rows would have to change their value), beyond {errors:g} times what chance gives; half
    of that is a note. So is a share of missing values that differs by {missing:.0%}. Of a split by time all are notes.

    ## Why it is bad
    The model is asked about rows unlike those it learned from; its score there says little about either.

    ## How it is detected
    Difference of means in training standard deviations; total variation distance of the shares of values.

    ## How to fix it
    Find out what differs between the files (units, coding, period), and mend it or split otherwise.

    ## How it is confirmed
    Training again without the column: the gap between validation and test closes.
    """

    code: ClassVar[str] = "SPL102"
    name: ClassVar[str] = "shifted-column"
    family: ClassVar[Family] = Family.SPLIT
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "without-column"
    bad: ClassVar[str] = """
from bringup.record import PartFacts, Record, ShiftFacts, SplitFacts
parts = {"train": PartFacts(rows=4000, digest="a"), "test": PartFacts(rows=1000, digest="b")}
shift = (ShiftFacts(column="height", part="test", distance=2.1, noise=0.035),)
record = Record(split=SplitFacts(method="given", parts=parts, shift=shift))
"""
    good: ClassVar[str] = """
from bringup.record import PartFacts, Record, ShiftFacts, SplitFacts
parts = {"train": PartFacts(rows=4000, digest="a"), "test": PartFacts(rows=1000, digest="b")}
shift = (ShiftFacts(column="height", part="test", distance=0.04, noise=0.035),)
record = Record(split=SplitFacts(method="given", parts=parts, shift=shift))
"""

    distance: float = 0.5
    errors: float = 4.0  # times the distance by chance
    missing: float = 0.2  # difference of the shares

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column and part."""
        facts = split(record)
        if not facts.shift:
            raise NotApplicable("the parts were not compared")
        respelled = record.target.name if record.target is not None and facts.label_variants else None
        for shift in facts.shift:
            away = abs(shift.distance)
            sure = away > self.errors * shift.noise and away >= self.distance / 2
            if shift.column in (facts.by, respelled) or not (sure or abs(shift.missing) >= self.missing):
                continue
            severe = sure and away >= self.distance and facts.method != "time"
            yield self.finding(
                f"`{shift.column}` lies elsewhere in the {shift.part} part: distance {number(round(away, 3))}"
                + (
                    f", missing in {100 * shift.missing:+.1f} points more of the rows"
                    if abs(shift.missing) >= self.missing
                    else ""
                ),
                Measurement(
                    name="distance from the training rows", value=away, limit=self.distance if severe else self.distance / 2
                ),
                Measurement(name="distance by chance", value=shift.noise),
                Measurement(name="difference of the shares of missing values", value=shift.missing, limit=self.missing),
                fix=f"find out why `{shift.column}` differs between the parts",
                where=Where(column=shift.column),
                severity=Severity.WARNING if severe else Severity.NOTE,
            )
