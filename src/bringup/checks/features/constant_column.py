"""FEA101 constant-column."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import columns
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class ConstantColumn(Check):
    """A column has one value in every row.

    ## What it detects
    A column, other than the target, that holds a single value, or none at all.

    ## Why it is bad
    It tells nothing. Often the file is a selection (one region, one year) and the model will not hold outside of it.

    ## How it is detected
    Distinct values are counted; missing values count as one where other values are there.

    ## How to fix it
    Nothing has to be done: the column is left out. Say in the report which selection the data are.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "FEA101"
    name: ClassVar[str] = "constant-column"
    family: ClassVar[Family] = Family.FEATURES
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
table = {"age": age, "income": income, "region": ["north"] * 400, "paid": paid}
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
        """Yield one finding a column."""
        for column in columns(record):
            if column.role in ("target", "dropped") or column.rows < 2 or column.infinite:
                continue
            if column.distinct > 1 or (column.distinct == 1 and column.missing):
                continue
            value = f"the value {column.top[0][0]!r}" if column.top else "no value"
            yield self.finding(
                f"`{column.name}` has {value} in all {column.rows} rows",
                Measurement(name="distinct values", value=column.distinct, limit=1),
                fix=Fix(title=f"leave `{column.name}` out", applicability="safe"),
                where=Where(column=column.name),
            )
