"""FEA105 duplicated-column."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import percent, relations
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class DuplicatedColumn(Check):
    """Two columns say the same.

    ## What it detects
    An input that is a copy, a renaming or a multiple of an earlier one on at least {share:.1%} of the rows: `education`
    and `education-num`.

    ## Why it is bad
    The weights of the two are interchangeable: what a linear model says about either is arbitrary, importances are
    shared out between them, and regularisation treats the thing as twice as weighty. If one of them is known only
    later, it leaks.

    ## How it is detected
    Columns with the same counts of values are compared row by row; so are numbers with a correlation over 0.95.

    ## How to fix it
    Keep one of them.

    ## How it is confirmed
    Training again without the column: the score stays.
    """

    code: ClassVar[str] = "FEA105"
    name: ClassVar[str] = "duplicated-column"
    family: ClassVar[Family] = Family.FEATURES
    severity: ClassVar[Severity] = Severity.NOTE
    confirm_with: ClassVar[str | None] = "without-column"
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
level = random.integers(1, 6, 400)
table = {"age": age, "income": income, "level": level, "grade": np.array(list("abcdef"))[level], "paid": paid}
target = "paid"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
age, income, noise = random.normal(50, 10, size=(3, 400))
paid = np.where(age + income + noise > 150, "yes", "no")
level, grade = random.integers(1, 6, size=(2, 400))
table = {"age": age, "income": income, "level": level, "grade": np.array(list("abcdef"))[grade], "paid": paid}
target = "paid"
"""

    share: float = 0.99  # of the rows

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column."""
        said = {"copy": "is a copy of", "one-to-one": "has, under other names, the values of", "scale": "is a multiple of"}
        for relation in relations(record).among_inputs:
            if relation.share < self.share or relation.kind not in said:
                continue
            column = relation.columns[0]
            yield self.finding(
                f"`{column}` {said[relation.kind]} `{relation.of}` in {percent(relation.share)} of the rows",
                Measurement(name="rows on which they agree", value=relation.share, limit=self.share),
                fix=Fix(title=f"leave `{column}` out", applicability="unsafe"),
                where=Where(column=column),
                confidence=0.95,
            )
