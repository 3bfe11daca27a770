"""LAB102 label-variants."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import columns, target
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class LabelVariants(Check):
    """One class is spelled in several ways.

    ## What it detects
    Classes that differ only by case, blanks or a final stop: ">50K" and ">50K.".

    ## Why it is bad
    One class is taught as two that nothing can tell apart, and every row of one that is called by the other's name
    counts as a mistake.

    ## How it is detected
    Class names are compared after folding case, blanks and final stops.

    ## How to fix it
    Spell each class in one way.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "LAB102"
    name: ClassVar[str] = "label-variants"
    family: ClassVar[Family] = Family.LABELS
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
paid[::7] = np.char.upper(paid[::7])
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
        """Yield one finding a class."""
        facts = target(record)
        if facts.task != "classification":
            raise NotApplicable("the target is no class")
        counts = dict(facts.classes)
        for column in columns(record):
            for group in column.variants if column.name == facts.name else ():
                yield self.finding(
                    "one class is spelled " + " and ".join(f"{text!r} ({counts.get(text, 0)} rows)" for text in group),
                    Measurement(name="spellings", value=len(group), limit=1),
                    fix=Fix(
                        title=f"spell the class as {max(group, key=lambda text: counts.get(text, 0))!r} everywhere",
                        applicability="unsafe",
                    ),
                    where=Where(column=facts.name),
                    confidence=0.95,
                )
