"""FEA106 mostly-missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import inputs, percent
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class MostlyMissing(Check):
    """A column has a value in few rows.

    ## What it detects
    An input that is missing in more than {share:.0%} of the rows.

    ## Why it is bad
    What is filled in for the missing values outweighs what was measured; the model learns mostly whether there was a
    value.

    ## How it is detected
    Nulls, NaN and every token that stands for "no value" are counted.

    ## How to fix it
    Keep it if being missing has a meaning of its own, else leave it out.

    ## How it is confirmed
    Training again without the column: the score stays.
    """

    code: ClassVar[str] = "FEA106"
    name: ClassVar[str] = "mostly-missing"
    family: ClassVar[Family] = Family.FEATURES
    severity: ClassVar[Severity] = Severity.NOTE
    confirm_with: ClassVar[str | None] = "without-column"
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
debt = [float(value) if value < 35 else None for value in random.normal(50, 10, 400).round(2)]
table = {"age": age, "income": income, "debt": debt, "paid": paid}
target = "paid"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
debt = [float(value) if value < 60 else None for value in random.normal(50, 10, 400).round(2)]
table = {"age": age, "income": income, "debt": debt, "paid": paid}
target = "paid"
"""

    share: float = 0.5  # of the rows

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column."""
        for column in inputs(record):
            share = column.missing / column.rows if column.rows else 0.0
            if share <= self.share or not column.distinct:
                continue
            yield self.finding(
                f"`{column.name}` is missing in {percent(share)} of the rows",
                Measurement(name="rows without a value", value=column.missing, unit="row"),
                Measurement(name="share of the rows", value=share, limit=self.share),
                fix=f"leave `{column.name}` out, unless being missing has a meaning of its own",
                where=Where(column=column.name),
            )
