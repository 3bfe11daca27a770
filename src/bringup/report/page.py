"""What the HTML pages share: the templates, how they write numbers and words, and that nothing in the data becomes markup."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bringup.report import numbers, palette, views, words
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


@cache
def environment() -> Environment:
    """The environment of all templates."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    made.filters.update(FILTERS)
    script = made.get_template("script.js.j2").render()
    made.globals.update(
        **{name: getattr(words, name) for name in ("STEP_TITLES", "VERDICTS", "SIGNS", "PARTS", "SHAPES", "findings_in_words")},
        interval=numbers.interval,
        palette=palette,
        cut=views.cut,
        ROWS=views.ROWS,
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    return made


def _finalize(value: Any) -> Any:
    """Clean every text that a template puts out; templates and drawings themselves are markup and stay."""
    return words.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
