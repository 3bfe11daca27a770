"""LAB104 conflicting-labels."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import class_counts, percent, target
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import DuplicateFacts, Record


@dataclass(frozen=True, kw_only=True)
class ConflictingLabels(Check):
    """Rows with the same inputs have different classes.

    ## What it detects
    Rows whose class differs from the commonest one among all rows with the same inputs, when they are {share:.0%} of
    the rows or more. It is a warning when so many equal inputs cannot be chance.

    ## Why it is bad
    No model can get these rows right: their share is a floor under the error. Where copies are no chance, labels
    contradict each other.

    ## How it is detected
    Rows are grouped by all their inputs; in each group the rows outside of its commonest class are counted. What
    independent columns would give by chance tells tables of few values from contradictions.

    ## How to fix it
    Add inputs that tell the rows apart, or have the contradicting rows labelled again. Judge a model against this
    floor, not against zero.

    ## How it is confirmed
    The training error of the most flexible model stops at this floor.
    """

    code: ClassVar[str] = "LAB104"
    name: ClassVar[str] = "conflicting-labels"
    family: ClassVar[Family] = Family.LABELS
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
x, y = random.normal(size=(2, 300))
label = np.where(x + y + random.normal(size=300) > 0, "a", "b")
again = np.where(label[:20] == "a", "b", "a")
table = {"x": [*x, *x[:20]], "y": [*y, *y[:20]], "label": [*label, *again]}
target = "label"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
x, y = random.normal(size=(2, 300))
table = {"x": x, "y": y, "label": np.where(x + y + random.normal(size=300) > 0, "a", "b")}
target = "label"
"""

    share: float = 0.01  # of the rows
    chance: float = 2.0  # times the copies that chance gives

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        class_counts(record)
        facts: DuplicateFacts = record.need("duplicates")
        share = facts.conflicting / facts.rows if facts.rows else 0.0
        if share < self.share:
            return
        severe = facts.input_copies > self.chance * facts.expected_inputs
        again, apart = "have the contradicting rows labelled again", "add inputs that tell these rows apart"
        yield self.finding(
            f"{facts.conflicting} rows ({percent(share)}) have the inputs of others and another class: "
            f"no model can be right on more than {percent(1 - share)}",
            Measurement(name="rows outside of the commonest class of their inputs", value=facts.conflicting, unit="row"),
            Measurement(name="share of the rows", value=share, limit=self.share),
            Measurement(name="rows with the inputs of an earlier row", value=facts.input_copies, unit="row"),
            Measurement(name="such rows by chance", value=facts.expected_inputs, unit="row"),
            fix=again if severe else apart,
            where=Where(column=target(record).name),
            severity=Severity.WARNING if severe else Severity.NOTE,
        )
