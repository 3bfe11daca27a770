"""The report: one HTML file that opens without a network, in any light and on any screen."""

from pathlib import Path
from typing import Any

from bringup.recipe.document import RunDocument
from bringup.record import Record, write_text
from bringup.report import figures, views
from bringup.report.page import environment


def render_html(document: RunDocument, record: Record) -> str:
    """Return the report as one HTML document without any reference to the outside.

    Args:
        document: What the run says.
        record: What it measured; sections that it lacks vanish from the report.
    """
    return environment().get_template("page.html.j2").render(_context(document, record))


def write_html(document: RunDocument, record: Record, path: Path) -> Path:
    """Write the report, whole or not at all. Raises `BringupError` where the disk is full or the folder cannot be written."""
    return write_text(path, render_html(document, record))


def _context(document: RunDocument, record: Record) -> dict[str, Any]:
    context: dict[str, Any] = {
        "document": document,
        "version": document.version,
        "record": record,
        "keys": views.keys(document),
        "ladder": views.ladder(document),
        "groups": views.findings(document),
        "columns": views.columns(document, record),
        "anchors": views.anchors(document),
        "power": {power.column: power for power in record.relations.power} if record.relations else {},
        "confusion": next((p for p in record.predictions if p.part == "test" and p.confusion and len(p.confusion) <= 20), None),
        "plot": figures.comparison(document),
        "curves": figures.training(record),
        "others": figures.others(record),
        "batch": figures.one_batch(document.probes, record.series.get("one-batch/loss")),
        "split": figures.error_split(document),
    }
    context["sections"] = _sections(context)
    return {
        **context,
        "section_of_step": {step: name for step, name in views.SECTION_OF_STEP.items() if name in context["sections"]},
    }


def _sections(context: dict[str, Any]) -> dict[str, str]:
    """The sections that have something to say, in their order, with their titles."""
    document, record = context["document"], context["record"]
    held = {
        "steps": ("Steps", True),
        "findings": ("Findings", True),
        "comparison": ("Comparison", document.candidates or document.known_results),
        "curves": ("Training", context["curves"] or context["others"]),
        "one-batch": ("One batch", context["batch"] or document.probes),
        "layers": ("Layers", record.layers),
        "error": ("Error", document.error_split or context["confusion"]),
        "improvements": ("Improvements", document.improvements),
        "columns": ("Columns", record.columns),
        "plan": ("Details", True),
    }
    return {name: title for name, (title, there) in held.items() if there}
