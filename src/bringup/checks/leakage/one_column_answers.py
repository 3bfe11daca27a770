"""LEK105 one-column-answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import percent, relations, target
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import FeaturePower, Record


@dataclass(frozen=True, kw_only=True)
class OneColumnAnswers(Check):
    """One column alone gives (nearly) the whole answer.

    ## What it detects
    A column that alone explains {full:.0%} of the target (a warning), or {dominant:.0%} of the classes or
    {dominant_r2:.0%} of an amount while no other explains half as much (a note). Explained means: for classes the
    accuracy beyond the majority class as a share of what is left, for amounts R², both on rows that the rule was not
    fitted to.

    ## Why it is bad
    It may be known only after the outcome; then the score is worthless. It may also be a fair and strong input: strong
    inputs are common, and several together (as in measurements of one object) are not reported. Only you know when the
    column is recorded.

    ## How it is detected
    A table of bins for each column, fitted on one half of the rows and judged on the other. Columns for which another
    check found an exact relation are left out. An exact answer ({exact:.1%} of the target explained on {rows} rows or
    more) is an error, for no fair measurement is without noise.

    ## How to fix it
    Ask when the column is recorded. If it is after the moment of prediction, leave it out; else accept the finding with
    `ignore`.

    ## How it is confirmed
    Training again without the column shows how much of the score is its work.
    """

    code: ClassVar[str] = "LEK105"
    name: ClassVar[str] = "one-column-answers"
    family: ClassVar[Family] = Family.LEAKAGE
    severity: ClassVar[Severity] = Severity.WARNING
    confirm_with: ClassVar[str | None] = "without-column"
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
distance, departure_delay, noise = random.normal(size=(3, 2000))
arrival_delay = departure_delay + 0.1 * distance + 0.35 * noise
table = {"distance": distance, "departure_delay": departure_delay, "arrival_delay": arrival_delay}
target = "arrival_delay"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
distance, wind, noise = random.normal(size=(3, 2000))
table = {"distance": distance, "wind": wind, "arrival_delay": distance + 0.8 * wind + 0.35 * noise}
target = "arrival_delay"
"""

    exact: float = 0.999  # of the target explained
    full: float = 0.97
    dominant: float = 0.5  # classes; amounts need `dominant_r2`, as R² counts small improvements too
    dominant_r2: float = 0.8
    rows: int = 500

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield a finding for the strongest column, and for every one that explains nearly all."""
        facts = relations(record)
        classes = target(record).task == "classification"
        known = {column for relation in facts.with_target for column in relation.columns}
        fair = [power for power in facts.power if power.column not in known and (power.missing_score or 0) < 0.95 * power.score]
        if not fair:
            raise NotApplicable("no column was measured against the target")
        ranked = sorted(((explained(power, classes), power.column) for power in fair), reverse=True)
        floor = self.dominant if classes else self.dominant_r2
        rest = [value for value, _ in ranked if value < self.full]  # a full answer does not hide the next strong column
        runner_up = rest[1] if len(rest) > 1 else 0.0
        for place, (value, column) in enumerate(ranked):
            alone = len(rest) > 1 and value == rest[0] and value >= floor and runner_up < value / 2
            if value < self.full and not alone:
                break
            severe = value >= self.exact and facts.rows >= self.rows
            yield self.finding(
                f"`{column}` alone explains {percent(value)} of the target: is it known when the prediction is made?",
                Measurement(
                    name="target explained by this column alone", value=value, limit=self.full if value >= self.full else floor
                ),
                Measurement(
                    name="target explained by the next best column",
                    value=ranked[place + 1][0] if place + 1 < len(ranked) else 0.0,
                ),
                fix=f"leave `{column}` out if it is recorded after the moment of prediction",
                where=Where(column=column),
                confidence=0.9 if severe else 0.7 if value >= self.full else 0.5,
                severity=Severity.ERROR if severe else Severity.WARNING if value >= self.full else Severity.NOTE,
            )


def explained(power: FeaturePower, classes: bool) -> float:
    """The share of the target that a column explains."""
    return power.determined if classes else max(power.score, 0.0)
