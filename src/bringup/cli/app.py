"""The entry point, and the one place where errors become sentences and exit codes."""

import os
import sys
import tempfile
import traceback
import warnings
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bringup import __version__
from bringup.cli import check, explain, plan, predict, report, run
from bringup.cli.console import say
from bringup.cli.exit_code import ExitCode
from bringup.errors import BringupError


class Commands(TyperGroup):
    """The group of all commands; whatever a command raises passes through here."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; turn what it raises into one sentence and an exit code."""
        debug = bool(ctx.params.get("debug"))
        if not debug and not sys.warnoptions:
            warnings.simplefilter("ignore")  # warnings of libraries speak to programmers; --debug shows them
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except (Exception, KeyboardInterrupt) as error:
            if type(error).__module__.startswith(("typer.", "click.")):
                raise  # wrong usage and plain exits: typer prints and codes these itself
            if debug:
                traceback.print_exc()
            code, sentence = judge(error)
        if sentence:
            say(sentence)
        raise typer.Exit(int(code))


def judge(error: BaseException) -> tuple[ExitCode, str]:
    """Return the exit code for an error, and the sentence that a person is told."""
    match error:
        case BringupError():
            return ExitCode.WRONG_USE, str(error)
        case KeyboardInterrupt():
            return ExitCode.INTERRUPTED, str(error) or "interrupted; everything written so far is kept"
        case BrokenPipeError():
            silence_stdout()
            return ExitCode.PIPE_CLOSED, ""
        case MemoryError():
            return ExitCode.WRONG_USE, "not enough memory; take fewer rows with --max-rows, or a machine with more"
        case OSError(strerror=str() as reason):
            return ExitCode.WRONG_USE, f"{reason}: {error.filename}" if error.filename else reason
        case _:
            return ExitCode.OUR_FAULT, crash_sentence(error)


def silence_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush does not complain about a reader that has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def crash_sentence(error: BaseException) -> str:
    """Save the traceback of a defect of ours; return the sentence that says so and where."""
    message = str(error)[:200] or "no message"
    what = f"this is a defect of bringup {__version__}, not of your data: {type(error).__name__}: {message}"
    try:
        handle, name = tempfile.mkstemp(prefix="bringup-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"bringup {__version__}, Python {sys.version}\n{' '.join(sys.argv)}\n\n")
            traceback.print_exception(error, file=file)
    except OSError:
        return f"{what}; see it all with `bringup --debug`"
    return f"{what}; the traceback is in {Path(name)}, please send it with a report of the problem"


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 fine, 1 findings or a failed gate, 2 wrong use or unreadable data, 3 nothing to examine.",
)


def show_version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        typer.echo(f"bringup {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", envvar="BRINGUP_DEBUG", help="Show warnings and tracebacks.")] = False,
) -> None:
    """Bring a machine-learning model up: from raw data to a model that is trained, debugged,
    compared and locked."""


for module in (run, check, plan, predict, report, explain):
    app.command()(getattr(module, module.__name__.rsplit(".", 1)[1]))


def main() -> None:
    """Run the program: the `bringup` of the shell."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that cannot show ✓ shows ?, it does not end the run
    app()
