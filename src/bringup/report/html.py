"""The report: one HTML file that opens without a network, in any light and on any screen."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bringup.recipe.document import RunDocument
from bringup.record import Record, write_text
from bringup.report import figures, numbers, palette, views, words
from bringup.report.sparks import spark

TEMPLATES = Path(__file__).parent / "templates"
FILTERS = {
    **{
        name: getattr(numbers, name)
        for name in (
            "number",
            "metric",
            "signed",
            "seconds",
            "size",
            "percent",
            "exact",
            "measured",
            "limit",
            "shape",
            "quantity",
        )
    },
    "plural": words.plural,
    "prose": words.prose,
    "spark": spark,
    "flat": views.flat,
    "outcomes": views.outcomes,
}


def render_html(document: RunDocument, record: Record) -> str:
    """Return the report as one HTML document without any reference to the outside.

    Args:
        document: What the run says.
        record: What it measured; sections that it lacks vanish from the report.
    """
    return _environment().get_template("page.html.j2").render(_context(document, record))


def write_html(document: RunDocument, record: Record, path: Path) -> Path:
    """Write the report, whole or not at all. Raises `BringupError` where the disk is full or the folder cannot be written."""
    return write_text(path, render_html(document, record))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters.update(FILTERS)
    script = environment.get_template("script.js.j2").render()
    environment.globals.update(
        **{name: getattr(words, name) for name in ("STEP_TITLES", "VERDICTS", "SIGNS", "PARTS", "SHAPES", "findings_in_words")},
        interval=numbers.interval,
        palette=palette,
        cut=views.cut,
        ROWS=views.ROWS,
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    return environment


def _finalize(value: Any) -> Any:
    """Clean every text that a template puts out; templates and drawings themselves are markup and stay."""
    return words.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _context(document: RunDocument, record: Record) -> dict[str, Any]:
    context: dict[str, Any] = {
        "document": document,
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
        "batch": figures.one_batch(document, record),
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
