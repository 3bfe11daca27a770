"""What a check of a script says in the end: the document that reports draw and programs read."""

from typing import Any, Literal

from bringup.findings import Cause, CheckResult, Family, Finding, Frozen
from bringup.probes.result import ProbeResult
from bringup.record.plain import sayable

Status = Literal["healthy", "faulty", "crashed", "not-observed"]


class Verdict(Frozen):
    """The one sentence that matters; cause, family and code are those of the first finding that is more than a note."""

    status: Status
    cause: Cause | None = None
    family: Family | None = None
    code: str | None = None
    summary: str


class Timing(Frozen):
    """Seconds of wall clock: the script alone, and the whole check with it."""

    script_s: float
    check_s: float


class Diagnosis(Frozen):
    """Everything that a check of a script has to say.

    Attributes:
        script: Its path, as given; the files that findings name are relative to its folder.
        findings: What matters most comes first.
        checks: What became of every check.
    """

    schema_version: Literal[1] = 1
    script: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    probes: tuple[ProbeResult, ...] = ()
    timing: Timing

    def to_json(self) -> dict[str, Any]:
        """The document as plain values; the field `schema_version` is written as `schema`."""
        content = sayable(self.model_dump(mode="json"))
        return {"schema": content.pop("schema_version"), **content}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Diagnosis":
        """The inverse of `to_json`. Raises pydantic's `ValidationError` (a `ValueError`) where it is no such document."""
        given = dict(content)
        return cls.model_validate({"schema_version": given.pop("schema", 1), **given})
