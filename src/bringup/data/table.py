"""Raw data as they came in: lazy, named, with a note of what was found out on the way."""

from dataclasses import dataclass, field

import polars as pl

from bringup.record import FileFacts


@dataclass(frozen=True)
class Table:
    """Raw data.

    Attributes:
        name: A short name: the file's stem, the folder's name, "frame".
        lazy: All rows and columns, column names unique. Formats without types (CSV) give every column as text, so that no
            value is lost to a guess; `typed` says which it is.
        format: "csv", "parquet", "arrow", "jsonl", "sqlite", "frame".
        files: What was read, with sizes and digests.
        rows: How many rows there are, counted.
        typed: False where every column is text and types are still to be found out.
        notes: What was found out, each a clause: "separator `;`", "decimal comma", "line 1 is no data and was skipped".
        decimal: The decimal mark of numbers in text.
        digest: The digest of the content.
    """

    name: str
    lazy: pl.LazyFrame
    format: str
    files: tuple[FileFacts, ...]
    rows: int
    typed: bool
    notes: tuple[str, ...] = ()
    decimal: str = "."
    digest: str = ""
    columns: tuple[str, ...] = field(default=())
