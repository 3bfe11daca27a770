"""ORD102 duplicated-rows."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import percent
from bringup.findings import Family, Finding, Fix, Measurement, Severity
from bringup.record import DuplicateFacts, Record


@dataclass(frozen=True, kw_only=True)
class DuplicatedRows(Check):
    """Rows occur more than once.

    ## What it detects
    Copies of whole rows, more than {chance:g} times what chance gives. {share:.0%} of the rows are a warning.

    ## Why it is bad
    A random split puts copies on both sides, so the test score rewards remembering. Copies also weigh their row more
    than others.

    ## How it is detected
    Rows are compared by hash over all columns but identifiers. A table of few columns with few values is full of copies
    by chance: shuffling each column on its own shows how many.

    ## How to fix it
    Drop copies if they are errors of collection; if they are true repeats, split by group so that copies stay together.

    ## How it is confirmed
    The score on test rows that have no copy among the training rows.
    """

    code: ClassVar[str] = "ORD102"
    name: ClassVar[str] = "duplicated-rows"
    family: ClassVar[Family] = Family.ORDER
    severity: ClassVar[Severity] = Severity.NOTE
    bad: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
x, y = random.normal(size=(2, 400))
kind = np.where(x + y + random.normal(size=400) > 0, "a", "b")
again = random.integers(0, 400, 30)
table = {"x": [*x, *x[again]], "y": [*y, *y[again]], "kind": [*kind, *kind[again]]}
target = "kind"
"""
    good: ClassVar[str] = """
import numpy as np
random = np.random.default_rng(0)
x, y = random.integers(0, 5, size=(2, 400))
table = {"x": x, "y": y, "kind": np.where(x + y > 4, "a", "b")}
target = "kind"
"""

    share: float = 0.05  # of the rows
    chance: float = 2.0

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield at most one finding."""
        facts: DuplicateFacts = record.need("duplicates")
        share = facts.copies / facts.rows if facts.rows else 0.0
        limit = self.chance * facts.expected + 3 * math.sqrt(facts.expected)
        if facts.copies <= limit:
            return
        severe = share >= self.share
        yield self.finding(
            f"{facts.copies} of {facts.rows} rows ({percent(share)}) are copies of earlier ones",
            Measurement(name="rows that are copies", value=facts.copies, unit="row", limit=limit),
            Measurement(name="share of the rows", value=share, limit=self.share if severe else None),
            Measurement(name="copies by chance", value=facts.expected, unit="row"),
            fix=Fix(title="drop the copies, or split by group so that copies stay together", applicability="unsafe"),
            severity=Severity.WARNING if severe else Severity.NOTE,
        )
