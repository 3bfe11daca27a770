"""What every reader hands over."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Source:
    """The content of one file, lazily.

    Attributes:
        rows: How many rows there are, counted.
        typed: False where every column is text.
        notes: What was found out on the way, each a clause.
        headed: False where the file does not name its columns.
    """

    lazy: pl.LazyFrame
    columns: tuple[str, ...]
    rows: int
    format: str
    typed: bool
    notes: tuple[str, ...] = ()
    decimal: str = "."
    headed: bool = True
