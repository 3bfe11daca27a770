"""ORD101 sorted-by-target."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number, target
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class SortedByTarget(Check):
    """The rows are sorted by the target.

    ## What it detects
    Neighbouring rows whose targets agree (classes: Cohen's kappa) or go together (amounts: autocorrelation) by {alike}
    or more. It is a note: bringup's own pipeline shuffles.

    ## Why it is bad
    Unshuffled, the first rows hold one class and the last another: a split by position parts the classes, and batches
    of one class make training swing.

    ## How it is detected
    The target of each row is compared with that of the next row of the file.

    ## How to fix it
    Shuffle before the split and in every epoch, unless the order is time: then split by time.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "ORD101"
    name: ClassVar[str] = "sorted-by-target"
    family: ClassVar[Family] = Family.ORDER
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
x, y = random.normal(size=(2, 400))
kind = np.sort(np.where(random.random(400) > 0.5, "a", "b"))
table = {"x": x + (kind == "a"), "y": y, "kind": kind}
target = "kind"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
table = {"age": age, "income": income, "paid": paid}
target = "paid"
"""

    alike: float = 0.9

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        facts = target(record)
        if facts.neighbours is None:
            raise NotApplicable("there are too few rows, or one value")
        if facts.neighbours < self.alike:
            return
        yield self.finding(
            f"neighbouring rows have a similar target `{facts.name}`: agreement {number(round(facts.neighbours, 3))}",
            Measurement(name="agreement of neighbouring rows beyond chance", value=facts.neighbours, limit=self.alike),
            fix=Fix(title="shuffle the rows before the split, unless the order is time", applicability="safe"),
            where=Where(column=facts.name),
        )
