"""LEK101 target-copy."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import percent, relations, target
from bringup.findings import Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class TargetCopy(Check):
    """A column holds the target itself, under the same values or renamed ones.

    ## What it detects
    An input that equals the target, or names each class by one value of its own, on at least {share:.0%} of the rows;
    on {share_warning:.0%} it is a warning.

    ## Why it is bad
    The model learns to copy that column. Its score is excellent and worthless: where the model is used, the answer is
    not known yet.

    ## How it is detected
    Every column is compared with the target row by row. So that a column of rare values does not look like a copy of a
    rare class, agreement by chance is taken off: Cohen's kappa must reach {kappa}, or {kappa_warning} for a warning.

    ## How to fix it
    Leave the column out. If it was recorded after the outcome, look for others that were.

    ## How it is confirmed
    Training again without the column: the score falls far.
    """

    code: ClassVar[str] = "LEK101"
    name: ClassVar[str] = "target-copy"
    family: ClassVar[Family] = Family.LEAKAGE
    severity: ClassVar[Severity] = Severity.ERROR
    confirm_with: ClassVar[str | None] = "without-column"
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
income, noise = random.normal(size=(2, 400))
paid = np.where(income + noise > 0, "yes", "no")
table = {"income": income, "status": np.where(paid == "yes", "closed", "open"), "paid": paid}
target = "paid"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
income, noise = random.normal(size=(2, 400))
table = {"income": income, "region": random.choice(["north", "south"], 400), "paid": np.where(income + noise > 0, "yes", "no")}
target = "paid"
"""

    share: float = 0.95  # of the rows
    kappa: float = 0.9  # agreement beyond chance
    share_warning: float = 0.85
    kappa_warning: float = 0.7

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a column."""
        kinds = ("copy", "one-to-one") if target(record).task == "classification" else ("copy",)
        for relation in relations(record).with_target:
            if relation.kind not in kinds or relation.share < self.share_warning or relation.beyond_chance < self.kappa_warning:
                continue
            severe = relation.share >= self.share and relation.beyond_chance >= self.kappa
            column = relation.columns[0]
            how = "holds the target" if relation.kind == "copy" else "names the classes of the target"
            yield self.finding(
                f"`{column}` {how} `{relation.of}` in {percent(relation.share)} of the rows",
                Measurement(
                    name="rows that agree with the target",
                    value=relation.share,
                    limit=self.share if severe else self.share_warning,
                ),
                Measurement(
                    name="agreement beyond chance (Cohen's kappa)",
                    value=relation.beyond_chance,
                    limit=self.kappa if severe else self.kappa_warning,
                ),
                fix=Fix(title=f"leave `{column}` out", applicability="unsafe"),
                where=Where(column=column),
                confidence=min(0.99, relation.beyond_chance),
                severity=Severity.ERROR if severe else Severity.WARNING,
            )
