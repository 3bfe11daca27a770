"""SIZ104 nothing-to-predict."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import target
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class NothingToPredict(Check):
    """The target has one value.

    ## What it detects
    A target with a single class, or an amount that never varies, or no value at all.

    ## Why it is bad
    There is nothing to learn: every model that answers this value is perfect.

    ## How it is detected
    Distinct values of the target are counted.

    ## How to fix it
    Name another target, or add the rows that were filtered out.

    ## How it is confirmed
    The measurement is the proof.
    """

    code: ClassVar[str] = "SIZ104"
    name: ClassVar[str] = "nothing-to-predict"
    family: ClassVar[Family] = Family.SIZE
    severity: ClassVar[Severity] = Severity.ERROR
    bad: ClassVar[str] = """
from bringup.record import Record, TargetFacts
record = Record(target=TargetFacts(name="paid", task="classification", rows=400, missing=0, classes=(("yes", 400),)))
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
        """Yield at most one finding."""
        facts = target(record)
        if facts.task == "classification":
            values = len(facts.classes)
        elif facts.task == "regression":
            constant = facts.minimum is not None and facts.minimum == facts.maximum
            values = 0 if facts.mean is None else 1 if constant else 2
        else:
            raise NotApplicable("nothing is predicted")
        if values > 1:
            return
        yield self.finding(
            f"the target `{facts.name}` has " + ("no value" if not values else "the same value in every row"),
            Measurement(name="distinct values of the target", value=values, limit=2),
            fix="name another target, or add the rows that were filtered out",
            where=Where(column=facts.name),
        )
