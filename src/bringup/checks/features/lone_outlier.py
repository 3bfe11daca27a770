"""FEA111 lone-outlier."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import inputs, number
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class LoneOutlier(Check):
    """A value lies far outside of all others, as a misplaced decimal point does.

    ## What it detects
    The smallest or largest value of a column that is {deviations:g} standard deviations of the others from their mean,
    and at least {span:.0%} of their whole range beyond them.

    ## Why it is bad
    A slip of the pen: one row bends the scale of the column, and the squared error, more than all others.

    ## How it is detected
    Outermost values are held against the mean, deviation and range of all others. Both conditions together keep long
    tails (incomes, delays) silent.

    ## How to fix it
    Look at the row. Mend or drop it, or cap the column.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "FEA111"
    name: ClassVar[str] = "lone-outlier"
    family: ClassVar[Family] = Family.FEATURES
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
width = random.normal(5.7, 1.1, 400).round(2)
width[7] = 58.9
table = {"age": age, "income": income, "width": width, "paid": paid}
target = "paid"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
width = random.lognormal(1.7, 0.8, 400).round(2)
table = {"age": age, "income": income, "width": width, "paid": paid}
target = "paid"
"""

    deviations: float = 20.0
    span: float = 0.5  # of the range of the other values
    rows: int = 5  # a value of more rows is no slip

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column."""
        for column in inputs(record):
            for apart in column.apart:
                away = abs(apart.value - apart.rest_mean) / apart.rest_std if apart.rest_std > 0 else 0.0
                if away < self.deviations or apart.gap < self.span * apart.rest_span or apart.count > self.rows:
                    continue
                nearest = apart.value - apart.gap if apart.value > apart.rest_mean else apart.value + apart.gap
                yield self.finding(
                    f"`{column.name}` is {number(apart.value)} in {apart.count} row(s); the next value is {number(nearest)}",
                    Measurement(name="standard deviations from the mean of the others", value=away, limit=self.deviations),
                    Measurement(
                        name="distance to the others, as a share of their range",
                        value=apart.gap / apart.rest_span,
                        limit=self.span,
                    ),
                    fix=f"look at the row: is {number(apart.value)} a slip of the pen?",
                    where=Where(column=column.name),
                    confidence=0.8,
                )
