"""LEK102 sum-to-target."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import listed, percent, relations
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record, Relation, RelationFacts


@dataclass(frozen=True, kw_only=True)
class SumToTarget(Check):
    """Columns add up to the target, or their difference is the target.

    ## What it detects
    Two or more numeric inputs whose sum or difference is the target on at least {share:.0%} of the rows: `casual +
    registered == bikers`. Times of day written as 1345 are taken as minutes, so `arr_time - sched_arr_time ==
    arr_delay` is seen too.

    ## Why it is bad
    The model learns to add. The parts of a total are known only once the total is, so the score says nothing about
    predictions.

    ## How it is detected
    All pairs of up to 200 columns are tried; longer sums are found one column after the other by orthogonal matching
    pursuit, with the weights rounded to 1 and -1. Whatever is found must then hold row by row.

    ## How to fix it
    Leave the parts out. Of a difference, leaving out the part that is recorded last is enough: the finding names the
    one that alone says more about the target.

    ## How it is confirmed
    Training again without the columns: the score falls far.
    """

    code: ClassVar[str] = "LEK102"
    name: ClassVar[str] = "sum-to-target"
    family: ClassVar[Family] = Family.LEAKAGE
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "without-column"
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
casual, registered = random.poisson(40, size=(2, 400))
table = {"temperature": random.normal(20, 5, 400), "casual": casual, "registered": registered, "bikers": casual + registered}
target = "bikers"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
temperature, wind = random.normal(20, 5, size=(2, 400))
table = {"temperature": temperature, "wind": wind, "bikers": random.poisson(5 * np.maximum(1, temperature - wind / 2))}
target = "bikers"
"""

    share: float = 0.95  # of the rows

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column that has to go."""
        facts = relations(record)
        named: set[str] = set()
        for relation in facts.with_target:
            if relation.kind not in ("sum", "difference") or relation.share < self.share:
                continue
            for column in parts_to_drop(relation, facts):
                if column in named:
                    continue
                named.add(column)
                how = "add up to" if relation.kind == "sum" else "have a difference that gives"
                yield self.finding(
                    f"{listed(relation.columns, 8)} {how} the target `{relation.of}` in {percent(relation.share)} of the rows",
                    Measurement(name="rows on which it holds", value=relation.share, limit=self.share),
                    Measurement(name="columns", value=len(relation.columns)),
                    fix=Fix(title=f"leave `{column}` out", applicability="unsafe"),
                    where=Where(column=column),
                    confidence=0.98,
                )


def parts_to_drop(relation: Relation, facts: RelationFacts) -> tuple[str, ...]:
    """All parts of a sum; of a difference the one that alone says most about the target."""
    if relation.kind == "sum":
        return relation.columns
    score = {power.column: power.score for power in facts.power}
    return (max(relation.columns, key=lambda column: score.get(column, 0.0)),)
