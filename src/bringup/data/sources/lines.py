"""A text table, record by record."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from bringup.data.sources.dialect import Dialect, is_blank
from bringup.data.sources.encoding import Text
from bringup.errors import BringupError


class Lines:
    """The records of a text table, each exactly as wide as it has columns; counts what was mended on the way."""

    def __init__(self, text: Text, dialect: Dialect) -> None:
        self.text, self.dialect = text, dialect
        self.short = self.first_short = self.comments = 0

    def notes(self) -> tuple[str, ...]:
        """What was mended, as clauses."""
        notes = []
        if self.short:
            lines = "1 line has" if self.short == 1 else f"{self.short} lines have"
            notes.append(f"{lines} too few fields (the first is line {self.first_short}); the rest of them is read as missing")
        if self.comments:
            notes.append(f"{self.comments} comment line{'s' * (self.comments > 1)} skipped")
        return tuple(notes)

    def __iter__(self) -> Iterator[Sequence[str]]:
        with self.text.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.reader(
                file,
                delimiter=self.dialect.separator,
                quotechar=self.dialect.quote,
                escapechar=self.dialect.escape,
                skipinitialspace=self.dialect.padded or self.dialect.separator == " ",
                strict=True,
            )
            seen, line = 0, 0
            try:
                for record in reader:
                    line, number = reader.line_num, line + 1
                    if is_blank(record, self.dialect.width):
                        continue
                    seen += 1
                    if seen > self.dialect.start and (kept := self._mend(record, number)) is not None:
                        yield kept
            except csv.Error as error:
                raise broken(self.text.path, line + 1, str(error)) from error

    def _mend(self, record: list[str], line: int) -> Sequence[str] | None:
        width, dialect = self.dialect.width, self.dialect
        if len(record) == width and not dialect.comment:
            return record
        if dialect.comment and record[0].startswith(dialect.comment):
            self.comments += 1
            return None
        if len(record) > width:
            if any(field.strip() for field in record[width:]):
                raise BringupError(
                    f"line {line:,} of {self.text.path.name} has {len(record)} fields",
                    there=f"the table has {width} columns",
                    do="put quotes around the value that holds the separator, or mend the line",
                )
            return record[:width]
        if len(record) < width:
            self.short += 1
            self.first_short = self.first_short or line
            record = record + [""] * (width - len(record))
        return record


def broken(path: Path, line: int, detail: str) -> BringupError:
    """The sentence for a fault that `csv` found."""
    if "field limit" in detail or "end of data" in detail:
        detail = "a quote is opened and never closed"
    elif "expected after" in detail:
        detail = "text follows a closing quote"
    return BringupError(
        f"broken quoting in {path.name}, in the record that begins at line {line:,}",
        there=detail,
        do='close the quote, and write a quote inside a quoted text as ""',
    )
