"""SIZ102 too-few-rows-for-columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import inputs, number, target
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class TooFewRowsForColumns(Check):
    """There are too many columns for the rows.

    ## What it detects
    Fewer than {ratio:g} rows an input column (a warning), or fewer than {ratio_note:g} (a note).

    ## Why it is bad
    With as many inputs as rows even pure noise is fitted perfectly; unless it is regularised, a model learns
    coincidences.

    ## How it is detected
    Rows with a target are held against the input columns, each category counted once (Harrell 2015 asks for 10 to 20
    rows an input).

    ## How to fix it
    Drop columns that cannot matter, regularise, or collect more rows.

    ## How it is confirmed
    Train on shuffled labels: a training score far over chance is what fitting noise looks like.
    """

    code: ClassVar[str] = "SIZ102"
    name: ClassVar[str] = "too-few-rows-for-columns"
    family: ClassVar[Family] = Family.SIZE
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "shuffled-labels"
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
x = random.normal(size=(200, 80))
table = {f"gene {place}": x[:, place] for place in range(80)}
table["ill"] = np.where(x[:, :6].sum(axis=1) > 0, "yes", "no")
target = "ill"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
x = random.normal(size=(200, 8))
table = {f"gene {place}": x[:, place] for place in range(8)}
table["ill"] = np.where(x[:, :6].sum(axis=1) > 0, "yes", "no")
target = "ill"
"""

    ratio: float = 3.0  # rows an input column
    ratio_note: float = 10.0

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        facts = target(record)
        width = len(inputs(record))
        rows = facts.rows - facts.missing
        if not width:
            raise NotApplicable("there are no input columns")
        if rows >= self.ratio_note * width:
            return
        severe = rows < self.ratio * width
        yield self.finding(
            f"there are {rows} rows for {width} input columns: {number(round(rows / width, 1))} rows a column",
            Measurement(
                name="rows an input column", value=rows / width, unit="row", limit=self.ratio if severe else self.ratio_note
            ),
            fix="drop columns that cannot matter, regularise, or collect more rows",
            severity=Severity.WARNING if severe else Severity.NOTE,
        )
