"""A run, watched from a terminal: one line a step, and on a terminal a live line for the step at work. All on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from bringup.cli.console import err
from bringup.recipe.progress import Progress, Silent

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from bringup.recipe.document import StepResult

MARKS = {"passed": ("✓", "+", "green"), "failed": ("✗", "x", "red"), "skipped": ("–", "-", "dim")}
NAME_WIDTH = 18  # the longest name of a step, and one space


@contextmanager
def watch(*, quiet: bool = False) -> Iterator[Progress]:
    """Give a progress that suits stderr: none when quiet, a live line on a terminal, plain lines elsewhere."""
    if quiet:
        yield Silent()
        return
    console = err()
    if not console.is_terminal or console.is_dumb_terminal:
        yield Lines(console)
        return
    line = LiveLine(console)
    with line.live:
        yield line


class Lines:
    """Plain lines: one for each step that ended, one for each note."""

    def __init__(self, console: "Console") -> None:
        self.console = console

    def step_started(self, step: str, what: str) -> None:
        """Say nothing: its end will have a line."""

    def step_ended(self, result: "StepResult") -> None:
        """Print the step's verdict."""
        from rich.text import Text

        mark, plain, colour = MARKS[result.status]
        line = Text.assemble(
            (plain if self.console.options.ascii_only else mark, colour),
            f" {result.step:<{NAME_WIDTH}}{result.summary}  ",
            (f"{result.seconds:.1f} s", "dim"),
        )
        self.console.print(line)

    def training(self, model: str, epoch: int, epochs: int, loss: float) -> None:
        """Say nothing: a log wants no line an epoch."""

    def note(self, text: str) -> None:
        """Print a note under the steps."""
        from rich.text import Text

        self.console.print(Text(f"  {text}", "dim"))


class LiveLine(Lines):
    """The same lines, and below them one that moves: the step at work, the epoch, the loss, the seconds."""

    def __init__(self, console: "Console") -> None:
        from rich.live import Live
        from rich.spinner import Spinner

        super().__init__(console)
        self.doing = self.tail = ""
        self.began = monotonic()
        self.spinner = Spinner("line" if console.options.ascii_only else "dots")
        self.live = Live(console=console, transient=True, refresh_per_second=8, redirect_stdout=False, get_renderable=self.draw)

    def step_started(self, step: str, what: str) -> None:
        """Show the step at work."""
        self.doing, self.tail, self.began = f"{step:<{NAME_WIDTH}}{what}", "", monotonic()

    def step_ended(self, result: "StepResult") -> None:
        """Print the step's verdict above the line."""
        self.doing = ""
        self.live.refresh()
        super().step_ended(result)

    def training(self, model: str, epoch: int, epochs: int, loss: float) -> None:
        """Show how far the training is."""
        self.tail = f"  {model}: epoch {epoch} of at most {epochs}, loss {loss:.4g}"

    def draw(self) -> "RenderableType":
        """Draw the moving line, cut to the terminal's width so that it never takes two; nothing between two steps."""
        from rich.text import Text

        if not self.doing:
            return Text("")
        text = Text(f"{self.doing}{self.tail}  {monotonic() - self.began:.0f} s")
        text.truncate(max(self.console.width - 4, 20), overflow="ellipsis")
        self.spinner.update(text=text)
        return self.spinner
