"""SPL101 parts-differ."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number, split
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class PartsDiffer(Check):
    """The test rows come from another population than the training rows.

    ## What it detects
    A classifier tells test rows from training rows with an area under the ROC curve of {area} or more, beyond
    {errors:g} standard errors. Of a split by time it is a note: there, time is meant to pass.

    ## Why it is bad
    The test score measures how far the two lie apart, not only how good the model is.

    ## How it is detected
    A small boosted-tree classifier is cross-fitted on the inputs of both parts (Lopez-Paz & Oquab 2017). 0.5 means that
    nothing tells them apart.

    ## How to fix it
    Split at random, or by group, if rows are to be alike where the model is used; else keep the split and expect this
    score in use.

    ## How it is confirmed
    Train again on another split: the gap between validation and test closes.
    """

    code: ClassVar[str] = "SPL101"
    name: ClassVar[str] = "parts-differ"
    family: ClassVar[Family] = Family.SPLIT
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
from bringup.record import PartFacts, Record, ShiftFacts, SplitFacts
parts = {"train": PartFacts(rows=4000, digest="a"), "test": PartFacts(rows=1000, digest="b")}
record = Record(split=SplitFacts(method="given", parts=parts, discriminated=0.83))
"""
    good: ClassVar[str] = """
from bringup.record import PartFacts, Record, ShiftFacts, SplitFacts
parts = {"train": PartFacts(rows=4000, digest="a"), "test": PartFacts(rows=1000, digest="b")}
record = Record(split=SplitFacts(method="given", parts=parts, discriminated=0.51))
"""

    area: float = 0.6
    errors: float = 3.0  # standard errors of an area by chance

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        facts = split(record)
        if facts.discriminated is None:
            raise NotApplicable("nobody tried to tell the parts apart")
        sizes = [min(5_000, part.rows) for name, part in facts.parts.items() if name in ("train", "test")]
        if len(sizes) < 2 or not min(sizes):
            raise NotApplicable("there are no test rows")
        error = math.sqrt((sizes[0] + sizes[1] + 1) / (12 * sizes[0] * sizes[1]))
        limit = max(self.area, 0.5 + self.errors * error)
        if facts.discriminated < limit:
            return
        yield self.finding(
            f"test rows can be told from training rows: area under the ROC curve {number(round(facts.discriminated, 3))}",
            Measurement(
                name="area under the ROC curve of telling test from training rows", value=facts.discriminated, limit=limit
            ),
            Measurement(name="standard error by chance", value=error),
            fix="split so that test rows resemble those that the model will meet",
            severity=Severity.NOTE if facts.method == "time" else Severity.WARNING,
        )
