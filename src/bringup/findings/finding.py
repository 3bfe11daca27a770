"""A finding: what was measured, where, how sure, and what to do about it."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from bringup.findings.base import Frozen
from bringup.findings.cause import Cause, Family, Severity

Value = float | int | str | bool | None


def read_back(value: object) -> object:
    """Read back what JSON has no number for."""
    return float(value) if isinstance(value, str) and value in ("NaN", "Infinity", "-Infinity") else value


class Measurement(Frozen):
    """One typed piece of evidence. Unit "1" means a pure number; `limit` is the threshold it was held against."""

    name: str
    value: Annotated[Value, BeforeValidator(read_back)]
    unit: str = "1"
    limit: Value = None
    step: int | None = None


class Where(Frozen):
    """The place in a person's program or data. `column` names a column of a table."""

    file: str | None = None
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line is not None else (self.file or "")
        return " ".join(part for part in (place, f"`{self.column}`" if self.column else "") if part)


class Fix(Frozen):
    """What to change. "safe" keeps the meaning, "unsafe" changes it, "advice" cannot be applied by a program."""

    title: str
    applicability: Literal["safe", "unsafe", "advice"] = "advice"
    before: str | None = None
    after: str | None = None


class Confirmation(Frozen):
    """The answer of the probe that put a finding to the test; `quantity` is what was measured before and after."""

    probe: str
    question: str
    before: float | None
    after: float | None
    answer: Literal["yes", "no", "unclear"]
    quantity: str = ""


class Finding(Frozen):
    """One thing that is wrong, or worth knowing."""

    code: str
    name: str
    severity: Severity
    cause: Cause
    family: Family
    confidence: float = 1.0
    message: str
    where: Where | None = None
    evidence: tuple[Measurement, ...] = ()
    fix: Fix | None = None
    confirm_with: str | None = None
    confirmed_by: Confirmation | None = None

    @property
    def fingerprint(self) -> str:
        """The identity of a finding over runs: code and place, no numbers."""
        return f"{self.code}@{self.where}" if self.where else self.code
