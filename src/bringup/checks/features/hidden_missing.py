"""FEA103 hidden-missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import inputs, number
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import ApartFacts, Record


@dataclass(frozen=True, kw_only=True)
class HiddenMissing(Check):
    """A number such as 0 stands for "unknown" or "none".

    ## What it detects
    A column of positive numbers whose smallest value is 0 (or -1), far from all others: at least {gaps:g} times the
    usual distance between neighbouring values. It is a warning where such a value is also implausible as an amount:
    {deviations_warning} standard deviations below the mean of the others, in at most {common:.0%} of the rows (a blood
    pressure of 0).

    ## Why it is bad
    The model takes "unknown" for the smallest amount there is. A mean, a scale and a straight line through the column
    are bent by it.

    ## How it is detected
    The distance from the smallest to the next value is held against the median of the next ten distances. So that true
    zeros of a measurement that reaches down to 0 stay silent, a rare 0 must also lie {deviations} standard deviations
    below the others' mean. A frequent 0 (over {common:.0%}) is told by the distance alone: it may mean "none" as well
    (no garage: area 0), so it stays a note.

    ## How to fix it
    Declare the value as missing for this column if it means "unknown". If it means "none", an extra input that says so
    helps.

    ## How it is confirmed
    Training again with the value read as missing: validation stays or rises.
    """

    code: ClassVar[str] = "FEA103"
    name: ClassVar[str] = "hidden-missing"
    family: ClassVar[Family] = Family.FEATURES
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
bmi = random.normal(32, 7, 400).clip(18).round(1)
bmi[:12] = 0
table = {"age": age, "income": income, "bmi": bmi, "paid": paid}
target = "paid"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
rain = random.exponential(3, 400).round(1)
table = {"age": age, "income": income, "rain": rain, "paid": paid}
target = "paid"
"""

    gaps: float = 5.0  # times the median distance of neighbouring values
    deviations: float = 2.5  # standard deviations from the mean of the other values
    deviations_warning: float = 3.5
    common: float = 0.1  # of the rows

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column."""
        for column in inputs(record):
            for apart in column.apart:
                if apart.value in (0.0, -1.0) and apart.value == column.minimum and apart.gap >= self.gaps * apart.usual_gap:
                    below = (apart.rest_mean - apart.value) / apart.rest_std if apart.rest_std > 0 else 0.0
                    frequent = apart.count > self.common * column.rows
                    if apart.count > 1 and (frequent or below >= self.deviations):
                        severe = below >= self.deviations_warning and not frequent
                        yield self.about(column.name, apart, below, severe=severe)

    def about(self, column: str, apart: ApartFacts, below: float, *, severe: bool) -> Finding:
        """Make the finding of one value; `below` is its distance from the others' mean in their standard deviations."""
        value, following = number(apart.value), number(apart.value + apart.gap)
        reads = 'that reads like "unknown"' if severe else 'does it mean "unknown" or "none"?'
        distance = apart.gap / apart.usual_gap if apart.usual_gap > 0 else float("inf")
        limit = self.deviations_warning if severe else self.deviations
        return self.finding(
            f"`{column}` is {value} in {apart.count} rows and at least {following} in all others: {reads}",
            Measurement(name="rows with this value", value=apart.count, unit="row"),
            Measurement(name="distance to the next value, in usual distances", value=distance, limit=self.gaps),
            Measurement(name="standard deviations below the mean of the others", value=below, limit=limit),
            fix=Fix(title=f"declare {value} as missing for `{column}`: --missing {column}={value}", applicability="unsafe"),
            where=Where(column=column),
            confidence=0.9 if severe else 0.5,
            severity=Severity.WARNING if severe else Severity.NOTE,
        )
