"""What can be said about a training: causes, families, severities, measurements, fixes, findings, outcomes."""

from bringup.findings.base import Frozen
from bringup.findings.cause import Cause, Family, Severity
from bringup.findings.finding import Confirmation, Finding, Fix, Measurement, Where
from bringup.findings.outcome import CheckResult, Outcome

__all__ = [
    "Cause",
    "CheckResult",
    "Confirmation",
    "Family",
    "Finding",
    "Fix",
    "Frozen",
    "Measurement",
    "Outcome",
    "Severity",
    "Where",
]
