"""The dialect of a text table, found from its first lines: separator, junk, comments, header, decimal mark."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from bringup.data.sources.header import find_header

SEPARATORS = ("\t", ";", "|", ",")
SPOKEN = {"\t": "tab", " ": "space"}
COMMENTS = ("#", "%", "//")
RECORDS = 1000  # enough to see the dialect; the whole file is verified afterwards
_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)?,\d+")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,]\d{3})+")  # 1,234 and 1.234 tell nothing
_DOT = re.compile(r"[+-]?\d*\.\d+")


@dataclass(frozen=True)
class Dialect:
    """How to read a text table.

    Attributes:
        padded: Every separator is followed by a blank, which is no part of the value.
        escape: The character that escapes a quote, where quotes are not doubled.
        start: Records before this one are junk, comments or the header; blank lines are no records.
        start_line: The same, in lines of the file.
        width: Fields of a record; the trailing empty one is not counted.
        trailing: Records end with a separator.
        names: The header, where there is one.
    """

    separator: str
    quote: str
    padded: bool
    escape: str | None
    start: int
    start_line: int
    width: int
    trailing: bool
    comment: str | None
    names: tuple[str, ...] | None
    decimal: str
    notes: tuple[str, ...] = field(default=())


def sniff(sample: str, *, names: Sequence[str] | None = None) -> Dialect:
    """Return the dialect of a text table from its first lines (whole lines, UTF-8, at least one that is not blank)."""
    quote = _quote(sample)
    escape = "\\" if f"\\{quote}" in sample and quote * 2 not in sample.replace(f"\\{quote}", "") else None
    separator = _separator(sample, quote)
    records = parse(sample, separator, quote, escape)
    comment = _comment(records)
    width = _width(records, comment)
    records = [record for record in records if not is_blank(record, width)]
    found = find_header(records, width, comment=comment, names=names)
    body = found.body
    padded = separator != " " and _padded(sample, separator)
    decimal = _decimal(body, separator)
    notes = [f"separator {SPOKEN.get(separator, f'`{separator}`')}"] if separator != "," and width > 1 else []
    if quote != '"':
        notes.append(f"quote character {quote}")
    if decimal == ",":
        notes.append("decimal comma")
    return Dialect(
        separator=separator, quote=quote, padded=padded, escape=escape, start=found.start,
        start_line=_line_of(found.start, sample, separator, quote, escape, width), width=found.width, trailing=found.trailing,
        comment=comment, names=found.names, decimal=decimal, notes=(*notes, *found.notes),
    )  # fmt: skip


def parse(sample: str, separator: str, quote: str = '"', escape: str | None = None) -> list[list[str]]:
    """Return the records of a sample, empty lines left out, forgiving every fault."""
    return [record for record, _ in _numbered(sample, separator, quote, escape)]


def is_blank(record: Sequence[str], width: int) -> bool:
    """True for a line without content. In a table of one column a quoted empty text is a value that is missing."""
    return not record or (width > 1 and len(record) == 1 and not record[0].strip())


def _numbered(sample: str, separator: str, quote: str, escape: str | None) -> Iterator[tuple[list[str], int]]:
    """Records, each with the number of its last line."""
    lines = csv.reader(
        io.StringIO(sample, newline=""),
        delimiter=separator,
        quotechar=quote,
        escapechar=escape,
        skipinitialspace=True,
        strict=False,
    )
    try:
        for record in islice(lines, RECORDS):
            if record:
                yield record, lines.line_num
    except csv.Error:
        return  # reading the whole file will say what is wrong and where


def _line_of(start: int, sample: str, separator: str, quote: str, escape: str | None, width: int) -> int:
    kept = ((record, line) for record, line in _numbered(sample, separator, quote, escape) if not is_blank(record, width))
    return next((line for _, line in islice(kept, start - 1, None)), 0) if start else 0


def _quote(sample: str) -> str:
    if '"' in sample:
        return '"'
    single = re.findall(r"(?:^|[,;\t|])\s*'[^'\n]*'(?=\s*(?:[,;\t|]|$))", sample, re.MULTILINE)
    return "'" if len(single) > 0.5 * sample.count("\n") and len(single) > 1 else '"'


def _separator(sample: str, quote: str) -> str:
    """The separator that gives most lines, and the first one, the same number of fields, more than one."""
    scores: dict[str, float] = {}
    closed = re.sub(r"([,;|\t]) +", r"\1", sample)  # a blank after a separator is none itself
    for separator in (*SEPARATORS, " "):
        records = parse(closed if separator == " " else sample, separator, quote)
        widths = [len(record) for record in records if not record[0].startswith(COMMENTS)]
        if not widths:
            continue
        width, times = Counter(widths).most_common(1)[0]
        if width > 1:
            scores[separator] = times / len(widths) + 0.05 * (widths[0] == width)
    space = scores.pop(" ", 0.0)
    best = max(scores.values(), default=0.0)
    if best < 0.5:
        return " " if space >= 0.95 else ","
    if space >= 1.0 and best < 0.8:
        return " "
    return next(separator for separator in SEPARATORS if scores.get(separator, 0.0) >= best - 0.06)


def _width(records: list[list[str]], comment: str | None) -> int:
    widths = Counter(len(record) for record in records if not (comment and record[0].startswith(comment)))
    return max(widths, key=lambda width: (widths[width], width), default=1)


def _comment(records: list[list[str]]) -> str | None:
    """A mark that begins the first line, where it is not a header in disguise, or lines of odd length."""
    widths = Counter(map(len, records))
    width = widths.most_common(1)[0][0]
    for mark in COMMENTS:
        if any(record[0].startswith(mark) and len(record) != width for record in records):
            return mark
    if len(records) > 2 and records[0][0].startswith(("# ", "%", "//")) and width == 1:
        return next(mark for mark in COMMENTS if records[0][0].startswith(mark))
    return None


def _padded(sample: str, separator: str) -> bool:
    """True where (nearly) every separator is followed by a blank."""
    followed = sample.count(separator + " ")
    return followed > 0 and followed >= 0.95 * sample.count(separator)


def _decimal(body: list[list[str]], separator: str) -> str:
    if separator == ",":
        quoted = [value for record in body for value in record if "," in value]
        if not quoted:
            return "."
    comma = dot = 0
    for record in body:
        for value in record:
            text = value.strip()
            if not _GROUPED.fullmatch(text):
                dot += bool(_DOT.fullmatch(text))
                comma += bool(_COMMA.fullmatch(text))
    return "," if comma > dot else "."
