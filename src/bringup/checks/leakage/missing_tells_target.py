"""LEK104 missing-tells-target."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import number, relations, target
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class MissingTellsTarget(Check):
    """Whether a column has a value at all gives the target away.

    ## What it detects
    A column whose mere presence predicts the target: with an area under the ROC curve of {area} (classes) or an R² of
    {r2} (amounts) it is an error, with {area_note} or {r2_note} a warning.

    ## Why it is bad
    Such a column is filled in because of the outcome (the date of the second offence, the number of the lifeboat). The
    model learns "it is filled in", which is never so at the time of a prediction.

    ## How it is detected
    The rule "has a value" is fitted on one half of the rows and judged on the other.

    ## How to fix it
    Leave the column out, and the others that are filled in with it.

    ## How it is confirmed
    Training again without the column: the score falls.
    """

    code: ClassVar[str] = "LEK104"
    name: ClassVar[str] = "missing-tells-target"
    family: ClassVar[Family] = Family.LEAKAGE
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "without-column"
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, noise = random.normal(40, 5, size=(2, 400))
again = age + noise < 80
days = [float(random.poisson(90)) if seen else None for seen in again]
table = {"age": age, "days_until_arrest": days, "again": np.where(again, "yes", "no")}
target = "again"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, noise = random.normal(40, 5, size=(2, 400))
known = random.random(400) < 0.8
income = [random.normal(30, 5) if there else None for there in known]
table = {"age": age, "income": income, "again": np.where(age + noise < 80, "yes", "no")}
target = "again"
"""

    area: float = 0.8  # area under the ROC curve of "has a value"
    area_note: float = 0.7
    r2: float = 0.5
    r2_note: float = 0.3

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column."""
        classes = target(record).task == "classification"
        limit, note = (self.area, self.area_note) if classes else (self.r2, self.r2_note)
        what = "area under the ROC curve" if classes else "R²"
        for power in relations(record).power:
            score = power.missing_score
            if score is None or score < note:
                continue
            severe = score >= limit
            yield self.finding(
                f"whether `{power.column}` has a value predicts the target: {what} {number(round(score, 3))}",
                Measurement(name=f"{what} of having a value", value=score, limit=limit if severe else note),
                fix=Fix(title=f"leave `{power.column}` out", applicability="unsafe"),
                where=Where(column=power.column),
                confidence=0.9 if severe else 0.6,
                severity=Severity.ERROR if severe else Severity.WARNING,
            )
