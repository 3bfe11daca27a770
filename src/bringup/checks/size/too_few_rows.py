"""SIZ101 too-few-rows."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number, target
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class TooFewRows(Check):
    """There are too few rows to train on, or to judge by.

    ## What it detects
    Fewer than {rows} rows with a target (a warning), or fewer than {rows_note} (a note).

    ## Why it is bad
    A fifth of the rows judges the model. Of {rows_note} rows that is 40: an accuracy of 80 % is then known to within 12
    points only.

    ## How it is detected
    Rows with a target are counted. The half width is that of the 95 % interval of an accuracy of 80 % on a fifth of
    them (normal approximation).

    ## How to fix it
    Collect more rows; until then judge by repeated cross-validation, and prefer simple models.

    ## How it is confirmed
    The spread of the metric over seeds.
    """

    code: ClassVar[str] = "SIZ101"
    name: ClassVar[str] = "too-few-rows"
    family: ClassVar[Family] = Family.SIZE
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
x, y = random.normal(size=(2, 120))
table = {"x": x, "y": y, "label": np.where(x + y + random.normal(size=120) > 0, "a", "b")}
target = "label"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
x, y = random.normal(size=(2, 300))
table = {"x": x, "y": y, "label": np.where(x + y + random.normal(size=300) > 0, "a", "b")}
target = "label"
"""

    rows: int = 50
    rows_note: int = 200

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        facts = target(record)
        rows = facts.rows - facts.missing
        if record.raw is not None and record.raw.rows_read is not None:
            rows = max(rows, record.raw.rows)
        if rows >= self.rows_note:
            return
        width = 1.96 * math.sqrt(0.8 * 0.2 / max(1, rows // 5))
        severe = rows < self.rows
        yield self.finding(
            f"there are {rows} rows: on a fifth of them an accuracy of 80 % is known to {number(round(100 * width))} points",
            Measurement(name="rows with a target", value=rows, unit="row", limit=self.rows if severe else self.rows_note),
            Measurement(name="half width of the 95 % interval of an accuracy of 0.8", value=width),
            fix="judge by repeated cross-validation, or collect more rows",
            severity=Severity.WARNING if severe else Severity.NOTE,
        )
