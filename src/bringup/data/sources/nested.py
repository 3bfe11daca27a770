"""Columns of typed tables: structs are taken apart, names made unique."""

import polars as pl

from bringup.data.sources.names import unique_names
from bringup.data.sources.source import Source

MOST_DEPTH = 8


def flat(lazy: pl.LazyFrame, rows: int, kind: str, notes: tuple[str, ...] = ()) -> Source:
    """Return a source whose struct columns have become one column a field, called `struct.field`."""
    schema = lazy.collect_schema()
    structs = [column for column, dtype in schema.items() if isinstance(dtype, pl.Struct)]
    for _ in range(MOST_DEPTH):
        if not any(isinstance(dtype, pl.Struct) for dtype in schema.values()):
            break
        lazy = lazy.select([part for column, dtype in schema.items() for part in _parts(column, dtype)])
        schema = lazy.collect_schema()
    columns, renamed = unique_names(schema.names())
    if columns != tuple(schema.names()):
        lazy = lazy.rename(dict(zip(schema.names(), columns, strict=True)))
    if structs:
        notes += (f"nested records were taken apart: {', '.join(f'`{column}`' for column in structs[:5])}",)
    return Source(lazy, columns, rows, kind, typed=True, notes=(*notes, *renamed))


def _parts(column: str, dtype: pl.DataType) -> list[pl.Expr]:
    if not isinstance(dtype, pl.Struct):
        return [pl.col(column)]
    if not dtype.fields:
        return [pl.lit(None, dtype=pl.String).alias(column)]
    return [pl.col(column).struct.field(field.name).alias(f"{column}.{field.name}") for field in dtype.fields]
