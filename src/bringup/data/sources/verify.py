"""Is a large text table regular from end to end? Then polars may scan it in place."""

from collections import Counter

import polars as pl

from bringup.data.sources.dialect import Dialect
from bringup.data.sources.encoding import Text
from bringup.data.sources.lines import Lines

_ABSENT = ("\x01", "\x02", "\x1c", "\x1d", "\x1e", "\x1f")


def regular_rows(text: Text, dialect: Dialect) -> int | None:
    """Return the number of data rows of a regular table, or None where it has to be read record by record.

    Regular: no escapes, no comments, quotes that Python and polars read alike, no blank line but the last, one width.
    """
    if (
        text.returns
        or dialect.escape
        or dialect.comment
        or dialect.quote != '"'
        or dialect.trailing
        or dialect.separator == " "
    ):
        return None
    if text.quotes:
        return _quoted_rows(text, dialect)
    counts = _field_counts(text, dialect)
    if counts is None:
        return None
    blank = counts.pop("blank")
    if blank > 1 or (blank and not _ends_blank(text)) or set(counts) != {dialect.width}:
        return None
    return counts[dialect.width]


def _field_counts(text: Text, dialect: Dialect) -> Counter | None:
    """Lines after the header by their number of fields, in one streaming pass."""
    lines = pl.scan_csv(
        text.path,
        has_header=False,
        separator=next(mark for mark in _ABSENT if mark != dialect.separator),
        quote_char=None,
        skip_lines=dialect.start_line,
        schema={"line": pl.String},
        glob=False,
    )
    line = pl.col("line").fill_null("").str.strip_chars_end("\r")
    fields = pl.when(line.str.len_bytes() == 0).then(0).otherwise(line.str.count_matches(dialect.separator, literal=True) + 1)
    try:
        found = lines.group_by(fields.alias("fields")).len().collect(engine="streaming")
    except pl.exceptions.PolarsError:  # the separator that "never occurs" does
        return None
    counts = Counter(dict(found.select("fields", "len").iter_rows()))
    return Counter({"blank": counts.pop(0, 0), **counts})


def _quoted_rows(text: Text, dialect: Dialect) -> int | None:
    """Quotes are judged by Python's strict reader, and polars has to count the same number of rows."""
    lines = Lines(text, dialect)
    rows = sum(1 for _ in lines)
    return None if lines.notes() else _same_by_polars(text, dialect, rows)


def _same_by_polars(text: Text, dialect: Dialect, rows: int) -> int | None:
    names = [str(place) for place in range(dialect.width)]
    scan = pl.scan_csv(
        text.path,
        has_header=False,
        separator=dialect.separator,
        skip_lines=dialect.start_line,
        schema=dict.fromkeys(names, pl.String),
        glob=False,
    )
    try:
        counted = scan.select(pl.len(), pl.col(names[-1]).len().alias("parsed")).collect(engine="streaming").row(0)
    except pl.exceptions.PolarsError:
        return None
    return rows if counted == (rows, rows) else None


def _ends_blank(text: Text) -> bool:
    with text.path.open("rb") as file:
        file.seek(max(0, text.bytes - 4))
        return file.read().endswith((b"\n\n", b"\n\r\n"))
