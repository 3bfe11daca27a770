"""Where the data of a text table begin, and what its columns are called."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bringup.data.sources.names import unique_names
from bringup.errors import BringupError

NUMBER = re.compile(r"\s*[+-]?(\d[\d.,]*|[.,]\d+)([eE][+-]?\d+)?\s*%?")
DATE = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?")
MISSING = frozenset(("", "?", "na", "n/a", "nan", "null", "none", "-", "--", ".", "#n/a"))
MOST_JUNK = 50


@dataclass(frozen=True)
class Found:
    """The header and what follows.

    Attributes:
        start: The first record of data.
        width: Columns.
    """

    start: int
    width: int
    trailing: bool
    names: tuple[str, ...] | None
    body: list[list[str]]
    notes: tuple[str, ...]


def find_header(records: list[list[str]], width: int, *, comment: str | None, names: Sequence[str] | None) -> Found:
    """Tell junk, header and data apart. `names` from the caller replace a header, or stand in for a missing one.

    Raises:
        BringupError: Where there are more or fewer `names` than columns.
    """
    first, junk = _skip_junk(records, width, comment)
    body, notes = records[first:], list(junk)
    columns, trailing, shifted = width, False, None
    if (
        width > 1
        and len(body) > 1
        and all(record[-1] == "" for record in body[1:] if len(record) == width)
        and body[0][-1] == ""
    ):
        columns, trailing = width - 1, True
    above = records[first - 1] if first else None
    if above and len(above) == width - 1 and width > 2 and not any(_is_value(cell) for cell in above):
        if all(record[-1] == "" for record in body if len(record) == width):
            columns, trailing, shifted = width - 1, True, tuple(above)
        else:  # R writes row names without a name
            shifted = ("", *above)
        notes = notes[:-1]
    if shifted is not None:
        header, rest = shifted, body
    elif is_header(body[0][:columns], body[1:]) or (
        names is not None and [c.strip().lower() for c in body[0][:columns]] == [name.lower() for name in names]
    ):
        header, rest = tuple(body[0][:columns]), body[1:]
    else:
        header, rest = None, body
    if trailing:
        notes.append("lines end with a separator")
    if names is not None:
        if len(names) != columns:
            raise BringupError(
                f"{len(names)} names are given", there=f"the data have {columns} columns", do="give one name a column"
            )
        given, renamed = unique_names(names)
        if header is not None and tuple(header) != given:
            notes.append("the names given replace the header")
    elif header is not None:
        given, renamed = unique_names([header[0].removeprefix("#"), *header[1:]])
    else:
        given, renamed = None, ("no header: columns are called `column_1`, `column_2` and so on",)
    return Found(len(records) - len(rest), columns, trailing, given, rest, (*notes, *renamed))


def is_header(first: Sequence[str], body: list[list[str]]) -> bool:
    """True where the first record names the columns: it holds text where the others hold numbers, or words that never recur."""
    cells = [cell.strip() for cell in first]
    if not any(cells):
        return False
    if not body:
        return not any(_is_value(cell) for cell in cells)
    numbers = [cell for cell in cells if _is_value(cell)]
    if numbers and not _counts_up(numbers, len(cells)):
        return False
    columns = [[record[i].strip() for record in body if i < len(record)] for i in range(len(cells))]
    for cell, values in zip(cells, columns, strict=True):
        present = [value for value in values if value.lower() not in MISSING]
        names_values = cell.lower() not in MISSING and not _is_value(cell) and present
        if names_values and sum(map(_is_value, present)) >= 0.9 * len(present):
            return True
    named = [cell for cell in cells if cell]
    if len(set(named)) < len(named):
        return False
    return not any(cell and cell in set(values) for cell, values in zip(cells, columns, strict=True))


def _counts_up(numbers: Sequence[str], width: int) -> bool:
    """Names that are numbers count up: years, or 0, 1, 2, 3 as pandas writes them."""
    if not all(number.isdecimal() and number.isascii() for number in numbers) or len(numbers) < max(2, width // 2):
        return False
    first = int(numbers[0])
    likely = (first == 0 and len(numbers) > 3) or (1800 <= first <= 2200 and len(numbers) < width)
    return likely and all(int(b) - int(a) == 1 for a, b in pairwise(numbers))


def _skip_junk(records: list[list[str]], width: int, comment: str | None) -> tuple[int, tuple[str, ...]]:
    first, junk = 0, 0
    while first < min(len(records) - 1, MOST_JUNK):
        record = records[first]
        commented = comment is not None and record[0].startswith(comment)
        hides_header = commented and len(record) == width and not records[first + 1][0].startswith(comment or "\0")
        if hides_header and is_header(record, records[first + 1 :]) and not is_header(records[first + 1], records[first + 2 :]):
            break
        if not commented and len(record) == width:
            break
        junk += not commented
        first += 1
    if first >= MOST_JUNK or len(records[first]) != width:
        return 0, ()
    if not junk:
        return first, ()
    what = ", ".join(f"`{' '.join(record)[:40]}`" for record in records[:first][:2])
    lines = "line is no data and was skipped" if first == 1 else f"{first} lines are no data and were skipped"
    return first, (f"the first {lines}: {what}",)


def _is_value(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell) or DATE.fullmatch(cell))
