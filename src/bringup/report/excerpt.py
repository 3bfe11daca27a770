"""The lines of a program that a finding is about."""

import linecache
import textwrap
import tokenize
from dataclasses import dataclass
from pathlib import Path

from bringup.diagnosis.diagnosis import Diagnosis
from bringup.findings import Where

AROUND = 2
MOST_CHARACTERS = 400  # of a line; what is longer is data


@dataclass(frozen=True)
class Line:
    """One line; `hit` marks the one that is meant."""

    number: int
    text: str
    hit: bool


@dataclass(frozen=True)
class Excerpt:
    """A few lines, without the indentation that they share."""

    lines: tuple[Line, ...]


def program_folder(document: Diagnosis) -> Path:
    """The folder that findings name files relative to."""
    return Path(document.script).absolute().parent


def lines_of(path: Path) -> list[str]:
    """The lines of a file, or of a cell of a notebook, whose text Python remembers; none where there is no text."""
    try:
        with tokenize.open(path) as file:
            return file.read().splitlines()
    except (OSError, SyntaxError, ValueError):
        return [line.rstrip("\n") for line in linecache.getlines(str(path))] if not path.is_file() else []


def excerpt(folder: Path, where: Where | None, *, around: int = AROUND) -> Excerpt | None:
    """The lines around a place; None where there is no such line, or the file cannot be read any more."""
    if where is None or where.file is None or where.line is None:
        return None
    lines = lines_of(folder / where.file)
    if not 1 <= where.line <= len(lines):
        return None
    first, last = max(where.line - around, 1), min(where.line + around, len(lines))
    while first < where.line and not lines[first - 1].strip():
        first += 1
    while last > where.line and not lines[last - 1].strip():
        last -= 1
    shown = textwrap.dedent("\n".join(line.expandtabs(4) for line in lines[first - 1 : last])).split("\n")
    return Excerpt(
        tuple(
            Line(number, text.rstrip()[:MOST_CHARACTERS], number == where.line)
            for number, text in enumerate(shown, start=first)
        )
    )
