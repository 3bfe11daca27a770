"""LAB105 single-example-class."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import class_counts, listed, target
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class SingleExampleClass(Check):
    """A class has one example.

    ## What it detects
    Classes with a single row.

    ## Why it is bad
    It can be trained on or judged, never both; a stratified split cannot place it. Often it is a misspelled label.

    ## How it is detected
    Rows are counted a class.

    ## How to fix it
    Merge the class into another, collect more of it, or drop the row.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "LAB105"
    name: ClassVar[str] = "single-example-class"
    family: ClassVar[Family] = Family.LABELS
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
paid[5] = "ys"
table = {"age": age, "income": income, "paid": paid}
target = "paid"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
table = {"age": age, "income": income, "paid": paid}
target = "paid"
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        lonely = [label for label, count in class_counts(record) if count == 1]
        if not lonely:
            return
        yield self.finding(
            f"{len(lonely)} class(es) have a single example: {listed(lonely, 5)}",
            Measurement(name="classes with one example", value=len(lonely), limit=0),
            fix="merge such classes into others, collect more examples, or drop the rows",
            where=Where(column=target(record).name),
        )
