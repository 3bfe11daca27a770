"""`bringup report`: a run, drawn again."""

import webbrowser
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bringup.cli.console import out, say, write


class Drawing(StrEnum):
    """What a run is drawn as."""

    HTML = "html"
    TEXT = "text"
    JSON = "json"


def report(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)],
    format: Annotated[
        Drawing, typer.Option("--format", help="html is written, its path printed; the others are printed.")
    ] = Drawing.HTML,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Where the HTML goes. [default: RUN/report.html]")
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the HTML in the browser.")] = False,
) -> None:
    """Draw a run again; nothing is trained."""
    from bringup.api import read_run

    found = read_run(Path(run))
    document, record = found.document, found.record
    if format is Drawing.JSON:
        from bringup.report.json import render_json

        write(render_json(document))
    elif format is Drawing.TEXT:
        from bringup.report.text import print_text

        print_text(document, out())
    else:
        from bringup.report.html import write_html

        path = Path(output) if output else Path(run) / "report.html"
        write_html(document, record, path)
        write(str(path))
        if show and not webbrowser.open(path.resolve().as_uri()):
            say(f"no browser could be opened; the report is {path}")
