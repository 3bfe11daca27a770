"""FEA109 high-cardinality."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.features.identifier_input import IdentifierInput
from bringup.checks.reading import inputs, number
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class HighCardinality(Check):
    """A category has so many values that each is seen in few rows.

    ## What it detects
    A category of {levels} values or more with fewer than {rows_per_level:g} rows a value on average. Columns that name
    rows have a check of their own.

    ## Why it is bad
    One-hot inputs of rare values are learned from a handful of rows each, so they overfit; values that training never
    saw turn up later.

    ## How it is detected
    Distinct values are held against the rows that have one.

    ## How to fix it
    Group rare values (bringup lets them share one input), cut the value into parts that repeat (a postcode's first
    digits), or leave the column out.

    ## How it is confirmed
    Training again without the column: validation stays or rises.
    """

    code: ClassVar[str] = "FEA109"
    name: ClassVar[str] = "high-cardinality"
    family: ClassVar[Family] = Family.FEATURES
    severity: ClassVar[Severity] = Severity.NOTE
    confirm_with: ClassVar[str | None] = "without-column"
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
street = [f"street {place}" for place in random.integers(0, 60, 400)]
table = {"age": age, "income": income, "street": street, "paid": paid}
target = "paid"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
town = [f"town {place}" for place in random.integers(0, 9, 400)]
table = {"age": age, "income": income, "town": town, "paid": paid}
target = "paid"
"""

    levels: int = 50
    rows_per_level: float = 20.0

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column."""
        for column in inputs(record):
            if column.role != "category" or column.distinct < self.levels:
                continue
            there = column.rows - column.missing
            rows = there / column.distinct
            if rows >= self.rows_per_level or column.distinct >= IdentifierInput().share * there:
                continue
            yield self.finding(
                f"the category `{column.name}` has {column.distinct} values, {number(round(rows, 1))} rows each on average",
                Measurement(name="distinct values", value=column.distinct, limit=self.levels),
                Measurement(name="rows a value", value=rows, unit="row", limit=self.rows_per_level),
                fix=f"group the rare values of `{column.name}`",
                where=Where(column=column.name),
                confidence=0.9,
            )
