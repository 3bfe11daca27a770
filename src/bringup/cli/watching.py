"""A script at work, seen from a terminal: a line that moves with the last thing that it printed. All on stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from bringup.cli.console import err, say

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from bringup.capture.process.script import ScriptRun

LAST_LINES = 20


@contextmanager
def watching(script: str, *, quiet: bool = False, show_output: bool = False) -> "Iterator[Silent]":
    """Give a watcher that suits stderr: all output if asked for, a moving line on a terminal, nothing elsewhere."""
    if show_output:
        yield PassOn(quiet=quiet)
        return
    console = err()
    if quiet or not console.is_terminal or console.is_dumb_terminal:
        yield Silent(quiet=quiet)
        return
    line = LastLine(console, script)
    with line.drawing:
        yield line


class Silent:
    """Shows nothing while the script runs.

    Attributes:
        live: Whether each line is wanted at once.
        run: How the script ended.
    """

    live = False
    shows_output = False

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.run: ScriptRun | None = None

    def output(self, piece: bytes) -> None:
        """Let it pass."""

    def ended(self, run: "ScriptRun") -> None:
        """Keep how it ended."""
        self.run = run

    @property
    def interrupted(self) -> bool:
        """Whether the person stopped the script."""
        return self.run is not None and self.run.stopped_by == "person"

    def report(self) -> None:
        """Show the last lines of a script that failed, and say what could not be watched."""
        run = self.run
        if run is None:
            return
        failed = run.ending in ("raised", "killed") or bool(run.exit_code and run.ending == "exited")
        if failed and not self.quiet and not self.shows_output:
            from bringup.report.layout import one_line

            for line in run.output_tail.rstrip().splitlines()[-LAST_LINES:]:
                sys.stderr.write(f"  {one_line(line)}\n")
        for trouble in run.troubles:
            say(f"a part of the script could not be watched, which is a defect of bringup: {trouble}")


class PassOn(Silent):
    """Passes on what the script prints, byte for byte."""

    live = True
    shows_output = True

    def output(self, piece: bytes) -> None:
        """Print it."""
        sys.stderr.buffer.write(piece)
        sys.stderr.buffer.flush()


class LastLine(Silent):
    """A line that moves: the script, the seconds, and the last thing that it printed."""

    live = True

    def __init__(self, console: "Console", script: str) -> None:
        from rich.live import Live
        from rich.spinner import Spinner

        super().__init__()
        self.console, self.script = console, script
        self.last = b""
        self.began = monotonic()
        self.spinner = Spinner("line" if console.options.ascii_only else "dots")
        self.drawing = Live(
            console=console, transient=True, refresh_per_second=8, redirect_stdout=False, get_renderable=self.draw
        )

    def output(self, piece: bytes) -> None:
        """Keep the end of it; it is made readable only when it is drawn."""
        self.last = (self.last + piece)[-4096:] if len(piece) < 4096 else piece[-4096:]

    def draw(self) -> "RenderableType":
        """Draw the line, cut to the terminal's width so that it never takes two."""
        from rich.text import Text

        from bringup.capture.process.output import readable
        from bringup.report.layout import one_line

        printed = readable(self.last).rstrip().rpartition("\n")[2]
        text = Text(f"{self.script}  {monotonic() - self.began:.0f} s  ")
        text.append(one_line(printed), "dim")
        text.truncate(max(self.console.width - 4, 20), overflow="ellipsis")
        self.spinner.update(text=text)
        return self.spinner
