"""PRE103 scales-differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import inputs, number
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class ScalesDiffer(Check):
    """Raw columns have very different scales.

    ## What it detects
    Numeric inputs whose standard deviations differ by a factor of {ratio:g} or more, before anything was prepared.

    ## Why it is bad
    Networks, linear models with regularisation and distances see the large columns only, unless the inputs are
    standardised.

    ## How it is detected
    Standard deviations of the numeric columns that vary. Once the prepared inputs are there, they are judged instead.

    ## How to fix it
    Standardise: bringup does. Trees do not mind.

    ## How it is confirmed
    Training again without standardising: the loss falls more slowly.
    """

    code: ClassVar[str] = "PRE103"
    name: ClassVar[str] = "scales-differ"
    family: ClassVar[Family] = Family.PREPROCESSING
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
table = {"age": age, "income": income * 1e6, "paid": paid}
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

    ratio: float = 10_000.0

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        if record.prepared is not None:
            raise NotApplicable("the prepared inputs are there and are judged instead")
        scales = sorted((column.std, column.name) for column in inputs(record) if column.role == "number" and column.std)
        if len(scales) < 2:
            raise NotApplicable("there are fewer than 2 numeric inputs that vary")
        (small, least), (large, most) = scales[0], scales[-1]
        if large / small < self.ratio:
            return
        yield self.finding(
            f"`{most}` varies by {number(large)}, `{least}` by {number(small)}: the inputs need standardising",
            Measurement(name="ratio of the standard deviations", value=large / small, limit=self.ratio),
            fix=Fix(title="standardise the inputs", applicability="safe"),
            where=Where(column=most),
        )
