"""Workflow commands, which GitHub Actions turns into annotations of a pull request's lines."""

from bringup.diagnosis.diagnosis import Diagnosis
from bringup.findings import Severity
from bringup.report.places import place
from bringup.report.sarif import message

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_github(document: Diagnosis) -> str:
    """Return one command a finding; a script that was not judged, or crashed without a finding that says why, gets one too."""
    lines = [
        command(COMMANDS[finding.severity], *place(document, finding), f"{finding.code} {finding.name}", message(finding))
        for finding in document.findings
    ]
    verdict = document.verdict
    if verdict.status == "not-observed" or (verdict.status == "crashed" and verdict.code is None):
        level = "error" if verdict.status == "crashed" else "warning"
        lines.append(command(level, *place(document), f"bringup: {verdict.status}", verdict.summary))
    return "".join(f"{line}\n" for line in lines)


def command(level: str, file: str, line: int, title: str, text: str) -> str:
    """One command, with everything escaped that would end a part of it."""
    return f"::{level} file={of_property(file)},line={line},title={of_property(title)}::{of_text(text)}"


def of_text(text: str) -> str:
    """Text after the second pair of colons."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def of_property(text: str) -> str:
    """The value of a property."""
    return of_text(text).replace(":", "%3A").replace(",", "%2C")
