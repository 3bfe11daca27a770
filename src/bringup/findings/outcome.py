"""What became of each check: exactly one outcome."""

from enum import StrEnum

from bringup.findings.base import Frozen


class Outcome(StrEnum):
    """The fate of one check on one record."""

    FOUND = "found"
    PASSED = "passed"
    NOT_APPLICABLE = "not-applicable"
    SKIPPED = "skipped"
    IGNORED = "ignored"
    CRASHED = "crashed"


class CheckResult(Frozen):
    """One check's outcome, and why where it did not judge."""

    code: str
    name: str = ""
    outcome: Outcome
    reason: str | None = None
