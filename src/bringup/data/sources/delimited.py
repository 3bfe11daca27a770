"""CSV, TSV and the like: every column as text.

Small files are read by Python's `csv`, record by record. Large ones are first verified from end to end (every record of the
same width, quotes sound) and then scanned by polars, which is faster but forgives too much; irregular ones are rewritten.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from bringup.data.sources.dialect import Dialect, sniff
from bringup.data.sources.encoding import Text, as_utf8
from bringup.data.sources.lines import Lines
from bringup.data.sources.source import Source
from bringup.data.sources.spool import Spool
from bringup.data.sources.verify import regular_rows
from bringup.errors import BringupError

SAMPLE_BYTES = 256 << 10
SAMPLE_MOST_BYTES = 8 << 20
SMALL_BYTES = 16 << 20
SHORT_SHARE = 0.1  # more short lines than this: the separator was not understood, or the file is no table


def read_delimited(path: Path, *, names: Sequence[str] | None = None) -> Source:
    """Read a text table.

    Raises:
        BringupError: For binary data, broken quoting, lines with too many fields, no rows.
    """
    text = as_utf8(path)
    sample = _sample(text)
    if not sample.strip():
        raise BringupError(f"{path.name} is empty", there="it holds nothing but blanks", do="name a file with data")
    dialect = sniff(sample, names=names)
    columns = dialect.names or tuple(f"column_{place}" for place in range(1, dialect.width + 1))
    rows = regular_rows(text, dialect) if text.bytes > SMALL_BYTES else None
    if rows is not None:
        lazy, notes = _scan(text, dialect, columns, rows), ()
    else:
        lazy, rows, notes = _read(text, dialect, columns)
    if not rows:
        raise BringupError(f"{path.name} has a header and no rows", do="name a file with data")
    return Source(
        lazy, columns, rows, "csv", typed=False, notes=(*text.notes, *dialect.notes, *notes),
        decimal=dialect.decimal, headed=dialect.names is not None,
    )  # fmt: skip


def _sample(text: Text) -> str:
    """Whole lines from the head: at least a few, however wide the table is."""
    size = SAMPLE_BYTES
    with text.path.open("rb") as file:
        head = file.read(size)
        while head.count(b"\n") < 20 and size < min(text.bytes, SAMPLE_MOST_BYTES):
            head += file.read(size)
            size *= 2
    if len(head) < text.bytes and b"\n" in head:
        head = head[: head.rindex(b"\n") + 1]
    return head.decode("utf-8-sig", "replace")


def _scan(text: Text, dialect: Dialect, columns: tuple[str, ...], rows: int) -> pl.LazyFrame:
    lazy = pl.scan_csv(
        text.path,
        has_header=False,
        separator=dialect.separator,
        quote_char=dialect.quote if text.quotes or dialect.quote != '"' else None,
        skip_lines=dialect.start_line,
        schema=dict.fromkeys(columns, pl.String),
        n_rows=rows,  # a last blank line is no row
        glob=False,
    )
    return lazy.with_columns(pl.all().str.strip_chars_start(" ")) if dialect.padded else lazy


def _read(text: Text, dialect: Dialect, columns: tuple[str, ...]) -> tuple[pl.LazyFrame, int, tuple[str, ...]]:
    spool, lines = Spool(columns), Lines(text, dialect)
    for record in lines:
        spool.add(record)
    lazy = spool.finish()
    if lines.short > SHORT_SHARE * max(1, spool.rows) and lines.short > 1:
        raise BringupError(
            f"{text.path.name} is not a regular table",
            there=f"{lines.short} of {spool.rows} lines have fewer than {dialect.width} fields, first line {lines.first_short}",
            do="mend the lines, or save the table with quotes around its texts",
        )
    return lazy, spool.rows, lines.notes()
