"""`bringup explain`: what a check looks for, why, and what to do about it."""

import sys
from typing import Annotated

import typer

from bringup.cli.console import out, write


def explain(
    name: Annotated[
        str | None, typer.Argument(metavar="[CODE|FAMILY]", help="A code, a check's name or a family.", show_default=False)
    ] = None,
) -> None:
    """Explain a check or a family; without a name, list all checks."""
    from bringup.checks.explain import explain as explain_check

    text = explain_check(name) if name else table()
    if sys.stdout.isatty():
        from rich.markdown import Markdown

        out().print(Markdown(text))
    else:
        write(text)


def table() -> str:
    """Return a Markdown table of all checks."""
    from bringup.checks import CHECKS

    rows = [f"| {check.code} | {check.name} | {check.severity.value} | {check.summary} |" for check in CHECKS]
    return "\n".join(["| code | name | severity | what it detects |", "|---|---|---|---|", *rows])
