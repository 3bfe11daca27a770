"""IMB101 imbalanced-classes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import class_counts, percent, target
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class ImbalancedClasses(Check):
    """One class is far rarer than another.

    ## What it detects
    A commonest class with at least {ratio:g} times the rows of the rarest one; {ratio_warning:g} times is a warning.
    Classes of a single row do not count.

    ## Why it is bad
    "Always the commonest class" already scores high, so accuracy tells models apart badly, and training sees few
    examples of what matters.

    ## How it is detected
    Rows are counted a class.

    ## How to fix it
    Judge by balanced accuracy, the area under the precision-recall curve, or costs. Move the decision threshold before
    weighting or resampling.

    ## How it is confirmed
    Compare the model's balanced accuracy with that of the constant model.
    """

    code: ClassVar[str] = "IMB101"
    name: ClassVar[str] = "imbalanced-classes"
    family: ClassVar[Family] = Family.IMBALANCE
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
paid = np.where(age + income + noise > 127, "yes", "no")
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

    ratio: float = 9.0  # commonest to rarest
    ratio_warning: float = 99.0

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        counts = [(label, count) for label, count in class_counts(record) if count > 1]
        if len(counts) < 2:
            raise NotApplicable("there are fewer than 2 classes with more than one row")
        (most, rows), (least, few) = counts[0], counts[-1]
        ratio = rows / few
        if ratio < self.ratio:
            return
        everything = sum(count for _, count in counts)
        severe = ratio >= self.ratio_warning
        limit = self.ratio_warning if severe else self.ratio
        yield self.finding(
            f"class {least!r} has {few} rows, {percent(few / everything)}: "
            f"always answering {most!r} is right in {percent(rows / everything)}",
            Measurement(name="rows of the commonest class for each of the rarest", value=ratio, limit=limit),
            Measurement(name="accuracy of the constant answer", value=rows / everything),
            fix="judge by balanced accuracy or by the area under the precision-recall curve",
            where=Where(column=target(record).name),
            severity=Severity.WARNING if severe else Severity.NOTE,
        )
