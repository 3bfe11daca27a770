"""Frames from Python: pandas, polars, pyarrow and others that narwhals knows, and dicts of columns."""

import hashlib
from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl

from bringup.data.sources.names import unique_names
from bringup.data.sources.nested import flat
from bringup.data.sources.source import Source
from bringup.errors import BringupError

DIGEST_ROWS = 100_000  # at a time
DIGEST_MOST_BYTES = 64 << 20  # of larger frames the first and the last rows are digested
_EXPECTED = "pass a path, a pandas, polars or pyarrow table, or a dict of columns"


def read_frame(data: Any) -> Source:
    """Take a frame as it is, types kept.

    Raises:
        BringupError: For an object that is no table, and for columns of different lengths.
    """
    if isinstance(data, pl.LazyFrame):
        try:
            return flat(data, int(data.select(pl.len()).collect(engine="streaming").item()), "frame")
        except pl.exceptions.PolarsError as error:
            raise BringupError("the lazy frame cannot be read", there=str(error).splitlines()[0]) from error
    frame, notes = _as_polars(data)
    return flat(frame.lazy(), frame.height, "frame", notes)


def frame_digest(lazy: pl.LazyFrame, rows: int) -> str:
    """Return the digest of a frame's content: names, types and values as text. Large frames: head, tail and size."""
    schema = lazy.collect_schema()
    hasher = hashlib.blake2b(f"{[(name, str(dtype)) for name, dtype in schema.items()]}{rows}".encode(), digest_size=8)
    text = lazy.select(pl.all().map_batches(_as_text, return_dtype=pl.String)) if _has_nested(schema) else lazy
    per_row = 16 * max(1, len(schema))
    parts = [text] if rows * per_row <= DIGEST_MOST_BYTES else [text.head(DIGEST_ROWS // 10), text.tail(DIGEST_ROWS // 10)]
    for part in parts:
        frame = part.collect()
        for piece in frame.iter_slices(DIGEST_ROWS):
            hasher.update(piece.write_csv(include_header=False).encode())
    return hasher.hexdigest()


def _has_nested(schema: pl.Schema) -> bool:
    """Whether there are columns that CSV cannot say."""
    return any(
        dtype.is_nested() or dtype in (pl.Binary, pl.Object) or isinstance(dtype, pl.Duration) for dtype in schema.values()
    )


def _as_text(column: pl.Series) -> pl.Series:
    return pl.Series(column.name, [None if value is None else str(value) for value in column], dtype=pl.String)


def _as_polars(data: Any) -> tuple[pl.DataFrame, tuple[str, ...]]:
    if isinstance(data, Mapping):
        return _from_columns(data)
    if hasattr(data, "columns") and hasattr(data, "iloc"):  # pandas allows any names, and the same one twice
        names, notes = unique_names(data.columns)
        data = data.set_axis(list(names), axis=1)
    else:
        notes = ()
    try:
        native = nw.from_native(data)
    except TypeError as error:
        raise BringupError(f"a {type(data).__name__} is no table", do=_EXPECTED) from error
    eager = native.collect() if isinstance(native, nw.LazyFrame) else native
    try:
        return eager.to_polars(), notes
    except Exception:  # noqa: BLE001 - a column of mixed Python objects: each library has its own error for it
        columns, mixed = _from_columns({name: eager.get_column(name).to_list() for name in eager.columns})
        return columns, (*notes, *mixed)


def _from_columns(data: Mapping[Any, Any]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    names, notes = unique_names(data)
    columns, mixed = [], []
    for name, values in zip(names, data.values(), strict=True):
        if isinstance(values, str | bytes) or not hasattr(values, "__len__"):
            raise BringupError(f"column `{name}` is a {type(values).__name__}, not a list of values", do=_EXPECTED)
        try:
            columns.append(pl.Series(name, values, strict=True))
        except Exception:  # noqa: BLE001 - mixed Python objects
            columns.append(pl.Series(name, [None if value is None else str(value) for value in values], dtype=pl.String))
            mixed.append(name)
    lengths = {column.name: len(column) for column in columns}
    if len(set(lengths.values())) > 1:
        there = ", ".join(f"`{name}` has {length}" for name, length in list(lengths.items())[:5])
        raise BringupError("the columns differ in length", there=there, do="give columns of one length")
    if mixed:
        notes += (f"values differ in type and are read as text: {', '.join(f'`{name}`' for name in mixed[:5])}",)
    return pl.DataFrame(columns), notes
