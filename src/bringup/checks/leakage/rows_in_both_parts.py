"""LEK106 rows-in-both-parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bringup.checks.check import Check
from bringup.checks.reading import percent, split
from bringup.errors import NotApplicable
from bringup.findings import Family, Finding, Measurement, Severity
from bringup.record import DuplicateFacts, Record


@dataclass(frozen=True, kw_only=True)
class RowsInBothParts(Check):
    """Rows that are judged were also trained on.

    ## What it detects
    Rows of a later part (validation, test) whose inputs are found among the training rows, more often than chance
    explains: {share_note:.1%} of the part is a note, {share:.0%} a warning, {share_error:.0%} an error.

    ## Why it is bad
    The model has seen the answers to these rows. A model that remembers scores better than one that understands.

    ## How it is detected
    Inputs are compared by hash over all columns. In a table of few columns with few values, copies are no sign of
    anything: what independent columns would give by chance is taken off, twice over.

    ## How to fix it
    Drop copies before the split, or split by group so that all copies of a row are in one part.

    ## How it is confirmed
    Compare the metric on rows that are in one part only with the metric on all.
    """

    code: ClassVar[str] = "LEK106"
    name: ClassVar[str] = "rows-in-both-parts"
    family: ClassVar[Family] = Family.LEAKAGE
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = """
from bringup.record import DuplicateFacts, PartFacts, Record, SplitFacts
parts = {"train": PartFacts(rows=800, digest="a"), "test": PartFacts(rows=200, digest="b")}
record = Record(
    split=SplitFacts(method="random", parts=parts),
    duplicates=DuplicateFacts(rows=1000, copies=0, input_copies=0, conflicting=0, expected=0, across={"train-test": 40}),
)
"""
    good: ClassVar[str] = """
from bringup.record import DuplicateFacts, PartFacts, Record, SplitFacts
parts = {"train": PartFacts(rows=800, digest="a"), "test": PartFacts(rows=200, digest="b")}
record = Record(
    split=SplitFacts(method="random", parts=parts),
    duplicates=DuplicateFacts(rows=1000, copies=0, input_copies=0, conflicting=0, expected=0, across={"train-test": 0}),
)
"""

    share_note: float = 0.001  # of the later part's rows
    share: float = 0.1
    share_error: float = 0.5

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield one finding a pair of parts."""
        facts: DuplicateFacts = record.need("duplicates")
        parts = split(record).parts
        if not facts.across:
            raise NotApplicable("the parts were not compared row by row")
        chance = min(1.0, facts.expected_inputs / facts.rows) if facts.rows else 0.0
        for pair, shared in sorted(facts.across.items()):
            first, _, later = pair.partition("-")
            rows = next((part.rows for name, part in parts.items() if name == later), 0)
            share = shared / rows if rows else 0.0
            if share < self.share_note or share < 2 * chance:
                continue
            severity, limit = self.gravity(share)
            yield self.finding(
                f"{shared} of the {rows} {later} rows ({percent(share)}) have the inputs of a row of the {first} part",
                Measurement(name=f"rows of the {later} part found in the {first} part", value=shared, unit="row"),
                Measurement(name="share of the part", value=share, limit=limit),
                Measurement(name="share that chance alone gives", value=chance),
                fix="drop copies before the split, or split by group so that copies stay together",
                severity=severity,
            )

    def gravity(self, share: float) -> tuple[Severity, float]:
        """How much a share matters, and the limit that it passes."""
        if share >= self.share_error:
            return Severity.ERROR, self.share_error
        return (Severity.WARNING, self.share) if share >= self.share else (Severity.NOTE, self.share_note)
