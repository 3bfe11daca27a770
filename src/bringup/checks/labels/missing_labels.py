"""LAB101 missing-labels."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import percent, target
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class MissingLabels(Check):
    """Rows have no target.

    ## What it detects
    Rows whose target is missing; more than {share:.0%} of the rows are a warning.

    ## Why it is bad
    These rows can be neither trained on nor judged. If the target is missing for a reason (cancelled flights have no
    delay), the model does not hold for the rows that it was never shown.

    ## How it is detected
    Nulls and every token that stands for "no value" are counted in the target.

    ## How to fix it
    The rows are left out. Find out why the target is missing, and say so beside the score.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "LAB101"
    name: ClassVar[str] = "missing-labels"
    family: ClassVar[Family] = Family.LABELS
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
table = {"age": age, "income": income, "paid": [str(p) if place % 20 else None for place, p in enumerate(paid)]}
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

    share: float = 0.2  # of the rows

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        facts = target(record)
        if not facts.missing or facts.missing == facts.rows:
            return
        share = facts.missing / facts.rows
        severe = share > self.share
        yield self.finding(
            f"the target `{facts.name}` is missing in {facts.missing} rows ({percent(share)}), which are left out",
            Measurement(name="rows without a target", value=facts.missing, unit="row"),
            Measurement(name="share of the rows", value=share, limit=self.share if severe else 0),
            fix="find out why the target is missing: the model will not hold for such rows",
            where=Where(column=facts.name),
            severity=Severity.WARNING if severe else Severity.NOTE,
        )
