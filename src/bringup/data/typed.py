"""Raw columns to typed ones, as the schema says: pure expressions, the same for training data and for new data."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar, cast

import polars as pl

from bringup.data.schema import Column, Schema
from bringup.data.sources.names import ROW, nearest
from bringup.data.texts import TOKENS, date, number, truth, whole, whole_part, without_tokens
from bringup.errors import BringupError

F = TypeVar("F", pl.DataFrame, pl.LazyFrame)
_DTYPES: dict[str, pl.DataType] = {
    "float": pl.Float64(),
    "int": pl.Int64(),
    "bool": pl.Boolean(),
    "string": pl.String(),
    "date": pl.Datetime("us"),
}


def typed(frame: F, schema: Schema) -> F:
    """Return the columns of the schema, in its order, typed; `__row__` is kept where it is there.

    float → Float64, int → Int64, bool → Boolean, string → String (blanks around it removed), date → Datetime in µs. Texts that
    mean "no value", texts that cannot be read as the type, and NaN become null; infinities stay.

    Raises:
        BringupError: Where an input column of the schema is not there.
    """
    there = frame.collect_schema()
    absent = [column for column in schema.columns if column.name not in there]
    needed = [column.name for column in absent if column.role not in ("target", "identifier", "constant", "dropped")]
    if needed:
        more = f" and {len(needed) - 1} more" if len(needed) > 1 else ""
        raise BringupError(
            f"no column `{needed[0]}`{more} in the data",
            there=nearest(needed[0], there.names()),
            do="give the columns of training",
        )
    kept = [column for column in schema.columns if column.name in there]
    order = [*(column.name for column in kept), *([ROW] if ROW in there else [])]
    read = frame.select(*_expressions(kept, there), *order[len(kept) :]).select(order)
    declared = [
        pl.when(~pl.col(column.name).is_in(list(column.missing_numbers))).then(pl.col(column.name)).alias(column.name)
        for column in kept
        if column.missing_numbers
    ]
    return cast(F, read.with_columns(declared) if declared else read)


def unreadable(raw: pl.DataFrame, schema: Schema) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Return, for each column where there are any, how many texts could not be read as its type, and up to three of them."""
    there = raw.schema
    texts = [column for column in schema.columns if column.dtype != "string" and there.get(column.name) == pl.String]
    if not texts:
        return {}
    names = [column.name for column in texts]
    read = typed(raw.select(names), Schema(columns=tuple(c.model_copy(update={"missing_numbers": ()}) for c in texts)))
    plain = pl.col(names).str.strip_chars()
    values = raw.select(pl.when(~plain.str.to_lowercase().is_in(["", *TOKENS])).then(plain))
    result = {}
    for column, before, after in zip(texts, values.null_count().row(0), read.null_count().row(0), strict=True):
        if after > before:
            failed = values[column.name].filter(read[column.name].is_null()).drop_nulls()
            result[column.name] = (len(failed), tuple(failed.unique(maintain_order=True).head(3)))
    return result


def missing_tokens(raw: pl.DataFrame, schema: Schema) -> dict[str, dict[str, int]]:
    """Return, for each column with any, how often each text that means "no value" occurs; the empty one is not counted."""
    result, there = {}, raw.schema
    for column in schema.columns:
        if not column.missing or there.get(column.name) != pl.String:
            continue
        texts = raw[column.name].str.strip_chars()
        counts = texts.filter(texts.is_in([*column.missing])).value_counts(sort=True)
        if counts.height:
            result[column.name] = dict(counts.iter_rows())
    return result


def _expressions(columns: Sequence[Column], there: Mapping[str, pl.DataType]) -> Iterator[pl.Expr]:
    """Columns that are read alike share an expression: thousands of expressions would take polars half a minute."""
    alike: dict[tuple, list[Column]] = {}
    for column in columns:
        dtype = there[column.name]
        if dtype == pl.String and column.dtype in ("float", "int", "string"):
            alike.setdefault((column.dtype, column.decimal, column.grouped, column.missing), []).append(column)
        else:
            yield _expression(column, pl.col(column.name), dtype).alias(column.name)
    for group in alike.values():
        yield _from_text(group[0], pl.col([column.name for column in group]))


def _expression(column: Column, source: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """The expression that reads one column, given what the frame holds it as."""
    if isinstance(dtype, pl.Categorical | pl.Enum):
        source, dtype = source.cast(pl.String), pl.String()
    if dtype == pl.String:
        return _from_text(column, source)
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object, pl.Null):
        return pl.lit(None, dtype=_DTYPES[column.dtype])
    if dtype.is_temporal():
        return _from_time(column, source, dtype)
    value = source.cast(pl.Float64).fill_nan(None) if dtype.is_float() or dtype.is_decimal() else source
    if column.dtype == "string":  # a whole number is written the same, whether the frame holds it as 5 or 5.0
        whole_text = whole_part(value).cast(pl.String) if dtype.is_float() or dtype.is_decimal() else value.cast(pl.String)
        return pl.coalesce(whole_text, value.cast(pl.String))
    if column.dtype == "int":
        return whole_part(value) if dtype.is_float() or dtype.is_decimal() else value.cast(pl.Int64, strict=False)
    if column.dtype == "date":
        return (
            _from_text(column, source.cast(pl.Int64, strict=False).cast(pl.String))
            if column.date_format
            else pl.lit(None, pl.Datetime("us"))
        )
    return value.cast(_DTYPES[column.dtype], strict=False)


def _from_text(column: Column, source: pl.Expr) -> pl.Expr:
    text = without_tokens(source.str.strip_chars(), column)
    if column.dtype == "float":
        return number(text, column.decimal, grouped=column.grouped)
    if column.dtype == "int":
        return whole(text, column.decimal, grouped=column.grouped)
    if column.dtype == "bool":
        return truth(text)
    return date(text, column.date_format) if column.dtype == "date" else text


def _from_time(column: Column, source: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Duration):
        value = source.dt.total_microseconds() / 1e6  # seconds
        return value.cast(_DTYPES[column.dtype], strict=False) if column.dtype != "date" else pl.lit(None, pl.Datetime("us"))
    if column.dtype == "date" and not isinstance(dtype, pl.Time):
        plain = source.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if getattr(dtype, "time_zone", None) else source
        return plain.cast(pl.Datetime("us"))
    if column.dtype == "string":
        return source.cast(pl.String)
    return pl.lit(None, _DTYPES[column.dtype])
