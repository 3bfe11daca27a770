"""`bringup check`: a person's own script, run as it is, and what is wrong with it."""

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bringup.cli import options
from bringup.cli.console import out, say, write
from bringup.cli.exit_code import ExitCode
from bringup.errors import BringupError

if TYPE_CHECKING:
    from bringup.diagnosis.diagnosis import Diagnosis


class Format(StrEnum):
    """How the result is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    HTML = "html"


EXIT_CODES = {
    "healthy": ExitCode.FINE,
    "faulty": ExitCode.FOUND,
    "crashed": ExitCode.FOUND,
    "not-observed": ExitCode.NOTHING,
}


def check(
    script: Annotated[str, typer.Argument(metavar="SCRIPT", help="A program that trains with PyTorch.", show_default=False)],
    args: Annotated[
        list[str] | None, typer.Argument(metavar="ARGS", help="What follows -- is handed on to it.", show_default=False)
    ] = None,
    format: Annotated[
        Format | None,
        typer.Option(
            "--format", help="How the result is written. [default: text, or by the suffix of FILE]", show_default=False
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write it here, and text on stdout.")
    ] = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    time: Annotated[
        float | None,
        typer.Option(
            min=0, metavar="SECONDS", help="Stop the script after this time; 0 never. [default: 600]", show_default=False
        ),
    ] = None,
    budget: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="N", help="Probes at most; 0 for none. [default: what fits into a minute]", show_default=False
        ),
    ] = None,
    show_output: Annotated[bool, typer.Option("--show-output", help="Pass what the script prints on to stderr.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
) -> None:
    """Run a training script as it is, watch it, and say what is wrong, on which line.

    [tool.bringup] in the nearest pyproject.toml holds defaults; `# bringup: ignore[CODE]` on a line silences a check there.
    """
    from bringup.cli.watching import watching  # not by way of `bringup.api`: that loads torch here too, while the script does
    from bringup.diagnosis.script import check_script
    from bringup.diagnosis.settings import read_settings

    settings = read_settings(Path(script)).over(
        select=options.split_commas(select or ()), ignore=options.split_commas(ignore or ()), time=time
    )
    path = None if output in (None, "-") else Path(output)
    if path is not None:
        refuse_unwritable(path)
    with watching(script, quiet=quiet, show_output=show_output) as watcher:
        document = check_script(
            script, args=args or (), settings=settings, watcher=watcher, line_buffered=watcher.live, budget=budget
        )
    watcher.report()
    for result in document.checks:
        if result.outcome == "crashed":
            say(f"the check {result.code} {result.name} broke, which is a defect of bringup: {result.reason}")
    show(document, format or by_suffix(output), path)
    if watcher.interrupted:
        raise typer.Exit(int(ExitCode.INTERRUPTED))
    raise typer.Exit(int(EXIT_CODES[document.verdict.status]))


def refuse_unwritable(path: Path) -> None:
    """Raise `BringupError` for a file that cannot be written: before the script has run for minutes, not after."""
    if path.is_dir():
        raise BringupError(f"{path} is a folder", do="name a file with -o")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BringupError(f"cannot write {path}", there=error.strerror or str(error), do="name another file") from None
    if not os.access(path.parent, os.W_OK):
        raise BringupError(f"cannot write {path}", there="its folder is read-only", do="name another file")


def by_suffix(output: str | None) -> Format:
    """The format that a file's name asks for."""
    suffix = Path(output or "").suffix.removeprefix(".").lower()
    return Format(suffix) if suffix in ("json", "sarif", "html") else Format.TEXT


def show(document: "Diagnosis", format: Format, path: Path | None) -> None:
    """Write the result to a file and text to stdout, or the result to stdout."""
    if path is not None:
        from bringup.record.store import write_text

        write_text(path, as_text(document) if format is Format.TEXT else drawn(document, format))
        say(f"written to {path}")
    if path is None and format is not Format.TEXT:
        text = drawn(document, format)
        if text:
            write(text)
        return
    from bringup.report.check_text import print_check

    print_check(document, out())


def as_text(document: "Diagnosis") -> str:
    """The text of a terminal without colour, for a file."""
    from io import StringIO

    from rich.console import Console

    from bringup.report.check_text import print_check

    buffer = StringIO()
    print_check(document, Console(file=buffer, width=80))
    return buffer.getvalue()


def drawn(document: "Diagnosis", format: Format) -> str:
    """The result in one of the formats for programs and browsers."""
    if format is Format.SARIF:
        from bringup.report.sarif import render_sarif

        return render_sarif(document)
    if format is Format.GITHUB:
        from bringup.report.github import render_github

        return render_github(document)
    if format is Format.HTML:
        from bringup.report.check_html import render_check_html

        return render_check_html(document)
    from bringup.report.json import render_json

    return render_json(document)
