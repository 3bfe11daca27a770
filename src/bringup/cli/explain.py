"""`bringup explain`: what a check looks for, why, and what to do about it."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from bringup.cli.console import out, write

if TYPE_CHECKING:
    from bringup.checks import Check


def explain(
    name: Annotated[
        str | None, typer.Argument(metavar="[CODE|FAMILY]", help="A code, a check's name or a family.", show_default=False)
    ] = None,
) -> None:
    """Explain a check or a family; without a name, list all checks."""
    from bringup.checks import CHECKS
    from bringup.checks.explain import explain as explain_check
    from bringup.checks.runner import matches

    meant = [check for check in CHECKS if name is None or matches(check, [name])]
    text = table(meant) if name is None or len(meant) > 1 else explain_check(name)
    if sys.stdout.isatty():
        from rich.markdown import Markdown

        out().print(Markdown(text))
    else:
        write(text)


def table(checks: "Iterable[Check]") -> str:
    """Return a Markdown table of checks."""
    rows = [f"| {check.code} | {check.name} | {check.severity.value} | {check.summary} |" for check in checks]
    return "\n".join(["| code | name | severity | what it detects |", "|---|---|---|---|", *rows])
