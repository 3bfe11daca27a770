"""FEA110 spelling-variants."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import inputs
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class SpellingVariants(Check):
    """A category spells one value in several ways.

    ## What it detects
    Values of an input that differ only by case, blanks or a final stop: "Male" and "male ". It is a note where they are
    less than {share:.0%} of all values.

    ## Why it is bad
    One thing becomes two inputs, each learned from a part of the rows; a spelling that turns up later is unknown.

    ## How it is detected
    Values are compared after folding case, blanks and final stops.

    ## How to fix it
    Spell each value in one way at the source.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "FEA110"
    name: ClassVar[str] = "spelling-variants"
    family: ClassVar[Family] = Family.FEATURES
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
sex = random.choice(["Male", "male", "Female"], 400)
table = {"age": age, "income": income, "sex": sex, "paid": paid}
target = "paid"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
sex = random.choice(["Male", "Female"], 400)
table = {"age": age, "income": income, "sex": sex, "paid": paid}
target = "paid"
"""

    share: float = 0.1  # of the distinct values

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column."""
        for column in inputs(record):
            if not column.variants or column.role != "category":
                continue
            spelled = sum(len(group) for group in column.variants)
            share = spelled / column.distinct if column.distinct else 1.0
            example = " and ".join(repr(text) for text in column.variants[0][:3])
            yield self.finding(
                f"`{column.name}` spells {len(column.variants)} values in several ways: {example}",
                Measurement(name="values with several spellings", value=len(column.variants), limit=0),
                Measurement(name="share of the distinct values", value=share, limit=self.share),
                fix=Fix(title=f"fold case and blanks in `{column.name}`", applicability="unsafe"),
                where=Where(column=column.name),
                severity=Severity.WARNING if share >= self.share else Severity.NOTE,
            )
