"""SIZ103 too-few-per-class."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import class_counts, target
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class TooFewPerClass(Check):
    """Classes have too few examples.

    ## What it detects
    Classes with more than one row and fewer than {rows}.

    ## Why it is bad
    After the split one or two of them judge the class: its score is a coin toss, and so is what was learned of it.

    ## How it is detected
    Rows are counted a class. Classes of a single row have a check of their own.

    ## How to fix it
    Merge rare classes, collect more examples, or leave them out and say so.

    ## How it is confirmed
    The spread of the metric of these classes over seeds.
    """

    code: ClassVar[str] = "SIZ103"
    name: ClassVar[str] = "too-few-per-class"
    family: ClassVar[Family] = Family.SIZE
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
x, y = random.normal(size=(2, 300))
kind = random.permutation(["a"] * 50 + ["b"] * 50 + ["c"] * 48 + ["d"] * 48 + ["e"] * 48 + ["f"] * 48 + ["g"] * 8)
table = {"x": x, "y": y, "kind": kind}
target = "kind"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
x, y = random.normal(size=(2, 300))
table = {"x": x, "y": y, "kind": random.choice(["a", "b", "c"], 300)}
target = "kind"
"""

    rows: int = 10

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        few = [(label, count) for label, count in class_counts(record) if 1 < count < self.rows]
        if not few:
            return
        yield self.finding(
            f"{len(few)} class(es) have fewer than {self.rows} examples: "
            + ", ".join(f"{label!r} {count}" for label, count in few[-5:]),
            Measurement(name="classes with few examples", value=len(few), limit=0),
            Measurement(name="rows of the smallest of them", value=few[-1][1], unit="row", limit=self.rows),
            fix="merge rare classes, or collect more examples of them",
            where=Where(column=target(record).name),
        )
