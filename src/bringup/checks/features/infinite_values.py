"""FEA107 infinite-values."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import columns
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class InfiniteValues(Check):
    """A column holds infinite numbers.

    ## What it detects
    Values of plus or minus infinity in an input (a warning) or in the target (an error).

    ## Why it is bad
    One infinite value makes means, scales and losses infinite or NaN, and a network's weights with them. Most come from
    a division by zero upstream.

    ## How it is detected
    Values are counted as they were read.

    ## How to fix it
    Mend the division that made them; until then they are read as missing.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "FEA107"
    name: ClassVar[str] = "infinite-values"
    family: ClassVar[Family] = Family.FEATURES
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
ratio = income / 50
ratio[:3] = np.inf
table = {"age": age, "ratio": ratio, "paid": paid}
target = "paid"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
ratio = income / 50
table = {"age": age, "ratio": ratio, "paid": paid}
target = "paid"
"""

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column."""
        for column in columns(record):
            if not column.infinite or column.role in ("dropped", "identifier"):
                continue
            yield self.finding(
                f"`{column.name}` is infinite in {column.infinite} rows",
                Measurement(name="infinite values", value=column.infinite, unit="row", limit=0),
                fix=Fix(title=f"read infinite values of `{column.name}` as missing", applicability="unsafe"),
                where=Where(column=column.name),
                severity=Severity.ERROR if column.role == "target" else Severity.WARNING,
            )
