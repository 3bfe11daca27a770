"""FEA104 sentinel-value."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import inputs, number
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import ApartFacts, Record


@dataclass(frozen=True, kw_only=True)
class SentinelValue(Check):
    """A number such as 99999 or -999 stands for "unknown" or "more than can be said".

    ## What it detects
    The smallest or largest value of a column, all nines or the limit of an integer type, in {count} rows or more, and
    at least {span:.0%} of the others' whole range away from them.

    ## Why it is bad
    One such value can be worth thousands of true ones in a mean, a scale and a squared error.

    ## How it is detected
    The outermost values of each column are held against the range of all others.

    ## How to fix it
    Declare the value as missing for this column; if it means "at least" (a cap), cap the others at a nearer value as
    well.

    ## How it is confirmed
    Training again with the value read as missing: validation stays or rises.
    """

    code: ClassVar[str] = "FEA104"
    name: ClassVar[str] = "sentinel-value"
    family: ClassVar[Family] = Family.FEATURES
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
gain = random.integers(0, 4000, 400)
gain[:15] = 99999
table = {"age": age, "income": income, "gain": gain, "paid": paid}
target = "paid"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
gain = random.integers(90000, 99999, 400)
gain[:15] = 99999
table = {"age": age, "income": income, "gain": gain, "paid": paid}
target = "paid"
"""

    count: int = 2  # rows
    span: float = 0.5  # of the range of the other values

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column."""
        for column in inputs(record):
            for apart in column.apart:
                if apart.count >= self.count and looks_like_a_code(apart.value) and apart.gap >= self.span * apart.rest_span:
                    yield self.about(column.name, apart)

    def about(self, column: str, apart: ApartFacts) -> Finding:
        """Make the finding of one value."""
        value = number(apart.value)
        above = apart.value > apart.rest_mean
        nearest = apart.value - apart.gap if above else apart.value + apart.gap
        farthest = nearest - apart.rest_span if above else nearest + apart.rest_span
        low, high = sorted((nearest, farthest))
        share = apart.gap / apart.rest_span if apart.rest_span > 0 else float("inf")
        return self.finding(
            f"`{column}` is {value} in {apart.count} rows; all others lie from {number(low)} to {number(high)}",
            Measurement(name="rows with this value", value=apart.count, unit="row", limit=self.count),
            Measurement(name="distance to the others, as a share of their range", value=share, limit=self.span),
            fix=Fix(title=f"declare {value} as missing for `{column}`: --missing {column}={value}", applicability="unsafe"),
            where=Where(column=column),
            confidence=0.9,
        )


LIMITS = (2**15 - 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1)


def looks_like_a_code(value: float) -> bool:
    """Whether a number is written with nines alone (99, -999, 9999.0) or is the limit of an integer type."""
    digits = f"{abs(value):.10g}".replace(".", "")
    return (len(digits) > 1 and set(digits) == {"9"}) or abs(value) in LIMITS
