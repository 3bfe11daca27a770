"""What the drawings for a terminal share: 80 columns at most, and nothing that needs colour or Unicode to be understood."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from bringup.report.words import clean

STYLES = {
    "good": "bold green",
    "held-back": "bold yellow",
    "stopped": "bold red",
    "healthy": "bold green",
    "faulty": "bold red",
    "crashed": "bold red",
    "not-observed": "bold yellow",
    "passed": "green",
    "failed": "bold red",
    "skipped": "dim",
    "error": "bold red",
    "warning": "bold yellow",
    "note": "dim",
}
PLAIN = str.maketrans(
    {
        "✓": "+",
        "✗": "x",
        "–": "-",
        "—": "-",
        "−": "-",
        "→": ">",
        "▸": ">",
        "│": "|",
        "·": "|",
        "●": "o",
        "◇": "*",
        "─": "-",
        "×": "x",
        "±": "~",
        "…": ".",
    }
)
WIDEST, NARROWEST = 80, 40


@dataclass(frozen=True)
class Sheet:
    """Something that rich can print; where the terminal cannot show a sign it gets an ASCII one.

    Attributes:
        parts: What is drawn, given the columns that there are.
        width: At most so many columns: longer lines are harder to read.
    """

    parts: Callable[[int], Iterable[RenderableType]]
    width: int = WIDEST

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(min(self.width, options.max_width), NARROWEST)
        wrapped = options.update(width=width, highlight=False, no_wrap=False, overflow=None)  # in a pipe too
        for line in console.render_lines(Group(*self.parts(width)), wrapped, pad=False):
            for segment in trimmed(line):
                yield segment if options.encoding.lower().startswith("utf") else plain(segment, options.encoding)
            yield Segment.line()


def trimmed(line: list[Segment]) -> list[Segment]:
    """A line without the blanks at its end."""
    kept = list(line)
    while kept and not kept[-1].control:
        last = kept.pop()
        if shown := last.text.rstrip():
            return [*kept, Segment(shown, last.style)]
    return kept


def plain(segment: Segment, encoding: str) -> Segment:
    """A segment in the characters that a terminal can show."""
    shown = segment.text.translate(PLAIN).encode(encoding, "replace").decode(encoding)
    return Segment(shown, segment.style, segment.control)


def titled(title: str, note: str, content: RenderableType) -> RenderableType:
    """A part with its title."""
    return Group(
        text((f"\n{title}", "bold"), (f"  {note}" if note else "", "dim")), Padding(content, (0, 0, 0, 2), expand=False)
    )


def grid(*sides: str, wrap: int) -> Table:
    """A table without lines; one of its columns may wrap."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for place, side in enumerate(sides):
        table.add_column(
            justify="right" if side == "right" else "left",
            no_wrap=place != wrap,
            overflow="fold" if place == wrap else "ellipsis",
        )
    return table


def text(*parts: str | tuple[str, str]) -> Text:
    """Text that no markup and no control character in the data can change."""
    return Text.assemble(
        *((one_line(part), "") if isinstance(part, str) else (one_line(part[0]), part[1]) for part in parts), overflow="fold"
    )


def one_line(content: str) -> str:
    """Text without tabs and control characters."""
    return clean(content).replace("\t", " ")
