"""The diagnosis of a script as one HTML file that opens without a network, in the look of the report of a run."""

from pathlib import Path
from typing import Any

from bringup import __version__
from bringup.diagnosis.diagnosis import Diagnosis
from bringup.record import write_text
from bringup.report.excerpt import excerpt, program_folder
from bringup.report.numbers import seconds
from bringup.report.page import environment
from bringup.report.views import FINDINGS_IN_FULL, NAMES_BESIDE, Key, cut


def render_check_html(document: Diagnosis) -> str:
    """Return the diagnosis as one HTML document without any reference to the outside; the code is read from the program."""
    return environment().get_template("check.html.j2").render(_context(document))


def write_check_html(document: Diagnosis, path: Path) -> Path:
    """Write the page, whole or not at all. Raises `BringupError` where the disk is full or the folder cannot be written."""
    return write_text(path, render_check_html(document))


def _batch(document: Diagnosis) -> Any:
    """The picture of one batch; charts are loaded only where there is one to draw."""
    if not any(probe.series for probe in document.probes):
        return None
    from bringup.report.figures import one_batch

    return one_batch(document.probes)


def _context(document: Diagnosis) -> dict[str, Any]:
    folder = program_folder(document)
    shown = cut(document.findings, FINDINGS_IN_FULL, NAMES_BESIDE)
    loud = sum(finding.severity.loud for finding in document.findings)
    keys = [
        Key("Errors and warnings", str(loud)),
        Key("Checks that judged", str(sum(check.outcome in ("found", "passed") for check in document.checks))),
        Key("Ran for", seconds(document.timing.script_s), "", f"{document.timing.script_s} s"),
        Key("Check took", seconds(document.timing.check_s), "", f"{document.timing.check_s} s"),
    ]
    return {
        "document": document,
        "version": __version__,
        "list": shown,
        "excerpts": [excerpt(folder, finding.where) for finding in shown.shown],
        "first": next((finding for finding in document.findings if finding.severity.loud), None),
        "keys": keys,
        "batch": _batch(document),
        "sections": {"findings": "Findings", **({"experiments": "Experiments"} if document.probes else {}), "checks": "Checks"},
    }
