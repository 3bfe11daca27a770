"""LAB106 skewed-target."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number, target
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class SkewedTarget(Check):
    """The target has a long tail.

    ## What it detects
    A target amount with a skewness beyond {skewness:g}.

    ## Why it is bad
    Squared error is ruled by the few largest rows: the model fits them at the cost of all others, and the score hangs
    on which of them are in the test part.

    ## How it is detected
    The third standardised moment of the target.

    ## How to fix it
    Train on the logarithm where the target is positive, or on an absolute (or Huber) loss.

    ## How it is confirmed
    Training again on the logarithm: the median error falls.
    """

    code: ClassVar[str] = "LAB106"
    name: ClassVar[str] = "skewed-target"
    family: ClassVar[Family] = Family.LABELS
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
table = {"age": age, "income": income, "price": np.exp((age + income + noise) / 14)}
target = "price"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
table = {"age": age, "income": income, "price": age + income + noise}
target = "price"
"""

    skewness: float = 3.0

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        facts = target(record)
        if facts.task != "regression" or facts.skewness is None:
            raise NotApplicable("the target is no amount")
        if not abs(facts.skewness) > self.skewness:
            return
        positive = facts.minimum is not None and facts.minimum > 0
        yield self.finding(
            f"the target `{facts.name}` has a long tail: its skewness is {number(round(facts.skewness, 2))}",
            Measurement(name="skewness of the target", value=facts.skewness, limit=self.skewness),
            fix="train on the logarithm of the target" if positive else "train on an absolute or Huber loss",
            where=Where(column=facts.name),
        )
