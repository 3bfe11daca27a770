"""What a check is: a frozen value with thresholds as fields, and one pure function from a record to findings."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from bringup.findings import Cause, Family, Finding, Fix, Measurement, Severity, Where
from bringup.record import Record

SECTIONS = ("What it detects", "Why it is bad", "How it is detected", "How to fix it", "How it is confirmed")


@dataclass(frozen=True, kw_only=True)
class Check:
    """The base of all checks.

    A subclass is one file and one class, a frozen dataclass: class variables name it, its fields are its thresholds (each
    with its unit in the name or a comment), its docstring has the five sections of `SECTIONS`, and `detect` yields findings.
    `bad` and `good` are Python programs; each defines `table` (a dict of columns, or a polars frame) and `target`, or a
    `record`. On `bad` exactly this check must fire, on `good` none at all.

    A `symptom` is what other faults bring about, too: it becomes a note where another fault was proved by an experiment.

    `detect` raises `NotApplicable` where the record cannot tell: missing data is not a pass.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    family: ClassVar[Family]
    severity: ClassVar[Severity]
    confirm_with: ClassVar[str | None] = None
    symptom: ClassVar[bool] = False
    bad: ClassVar[str]
    good: ClassVar[str]

    def detect(self, record: Record) -> Iterator[Finding]:
        """Yield what is wrong in this record.

        Raises:
            NotApplicable: if the record does not hold what this check reads.
        """
        raise NotImplementedError

    def finding(
        self,
        message: str,
        *evidence: Measurement,
        fix: Fix | str | None = None,
        where: Where | None = None,
        confidence: float = 1.0,
        severity: Severity | None = None,
        cause: Cause | None = None,
    ) -> Finding:
        """Make a finding of this check."""
        return Finding(
            code=self.code,
            name=self.name,
            severity=severity or self.severity,
            cause=cause or self.family.cause,
            family=self.family,
            confidence=confidence,
            message=message,
            where=where,
            evidence=evidence,
            fix=Fix(title=fix) if isinstance(fix, str) else fix,
            confirm_with=self.confirm_with,
        )

    @property
    def thresholds(self) -> dict[str, Any]:
        """The fields and their values, as docs show them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def documentation(self) -> dict[str, str]:
        """The five sections of the docstring, with `{threshold}` filled in.

        Raises:
            KeyError: if a section is missing.
        """
        text = inspect.cleandoc(type(self).__doc__ or "")
        parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
        sections = dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=True))
        return {title: sections[title].format(**self.thresholds) for title in SECTIONS}

    @property
    def summary(self) -> str:
        """The first paragraph of the docstring."""
        return " ".join(inspect.cleandoc(type(self).__doc__ or "").split("\n\n")[0].split())
