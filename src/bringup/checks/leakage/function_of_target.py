"""LEK103 function-of-target."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import percent, relations, target
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record

SAID = {"log": "is on a logarithmic line with", "scale": "is a multiple of", "one-to-one": "rises or falls exactly with"}


@dataclass(frozen=True, kw_only=True)
class FunctionOfTarget(Check):
    """A column is the target in other units: its logarithm, a multiple, any rising or falling function of it.

    ## What it detects
    A numeric input that gives the target by a formula on at least {share:.0%} of the rows: `logwage == log(wage)`, a
    price in another currency.

    ## Why it is bad
    The model learns the formula. The column is known only once the target is, so the score says nothing about
    predictions.

    ## How it is detected
    Straight lines between the column and the target, and between their logarithms, are fitted by medians and must hold
    row by row; for any other function the rank correlation must reach 0.9999.

    ## How to fix it
    Leave the column out.

    ## How it is confirmed
    Training again without the column: the score falls far.
    """

    code: ClassVar[str] = "LEK103"
    name: ClassVar[str] = "function-of-target"
    family: ClassVar[Family] = Family.LEAKAGE
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "without-column"
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, noise = random.normal(40, 5, size=(2, 400))
wage = age + noise
table = {"age": age, "logwage": np.log(wage), "wage": wage}
target = "wage"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, noise = random.normal(40, 5, size=(2, 400))
table = {"age": age, "logage": np.log(age) + random.normal(0, 1, 400), "wage": age + noise}
target = "wage"
"""

    share: float = 0.95  # of the rows

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column."""
        if target(record).task != "regression":
            raise NotApplicable("the target is no number")
        for relation in relations(record).with_target:
            if relation.kind not in SAID or relation.share < self.share:
                continue
            column = relation.columns[0]
            yield self.finding(
                f"`{column}` {SAID[relation.kind]} the target `{relation.of}` in {percent(relation.share)} of the rows",
                Measurement(name="rows on which it holds", value=relation.share, limit=self.share),
                Measurement(name="relation", value=relation.kind, unit=""),
                fix=Fix(title=f"leave `{column}` out", applicability="unsafe"),
                where=Where(column=column),
                confidence=0.99,
            )
