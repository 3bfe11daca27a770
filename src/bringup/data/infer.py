"""What each column is: type and role, with a reason; and what kind of learning the target asks for."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import polars as pl

from bringup.data.plain import plain_readings
from bringup.data.roles import Judged, judge
from bringup.data.schema import Column, DType, Schema
from bringup.data.sources.names import ROW, nearest
from bringup.data.table import Table
from bringup.data.texts import Reading, read_texts, whole_part
from bringup.data.typed import typed
from bringup.errors import BringupError
from bringup.record import Role, Task

MOST_CLASSES = 20  # whole numbers with more distinct values are an amount
ROWS_PER_CLASS = 10  # fewer rows for each distinct number: not a list of classes
_NO_ROLES: Mapping[str, Role] = MappingProxyType({})
_ROLE_DTYPES: dict[str, tuple[DType, ...]] = {
    "number": ("float", "int", "bool"),
    "date": ("date",),
    "category": ("string", "bool"),
    "text": ("string",),
}


def infer_schema(
    raw: pl.DataFrame, table: Table, *, target: str | None = None, roles: Mapping[str, Role] = _NO_ROLES
) -> Schema:
    """Return the type and the role of every column, judged from a sample of raw rows.

    Args:
        raw: Rows of the table as `sample` gives them.
        table: Where they come from.
        target: The column to be predicted.
        roles: Roles that the person gave; they win.

    Raises:
        BringupError: For a column that is not there, with the nearest names; for a role that the values cannot play.
    """
    for name in (*([target] if target is not None else []), *roles):
        if name not in table.columns:
            raise BringupError(f"no column `{name}` in {table.name}", there=nearest(name, table.columns), do="look at the name")
    given: dict[str, Role] = dict(roles)
    chosen = [name for name, role in given.items() if role == "target"]
    if len({*chosen, *([target] if target is not None else [])}) > 1:
        raise BringupError(
            "more than one target", there=", ".join(f"`{name}`" for name in (target, *chosen) if name), do="name one"
        )
    if target is not None:
        given[target] = "target"
    return Schema(columns=tuple(_columns(raw, table, given)))


def infer_task(typed: pl.DataFrame, schema: Schema) -> tuple[Task, str]:
    """Return what kind of learning the target asks for, and the reason as a clause."""
    target = schema.target
    if target is None:
        return "clustering", "no target is named"
    values = typed[target.name].drop_nulls()
    levels = values.n_unique()
    if target.dtype in ("string", "bool"):
        return (
            "classification",
            f"`{target.name}` is {'true or false' if target.dtype == 'bool' else f'text with {levels:,} distinct values'}",
        )
    if target.dtype == "date":
        return "regression", f"`{target.name}` is a date"
    whole = bool((values == values.cast(pl.Float64).round(0)).all())
    if whole and levels <= MOST_CLASSES and (levels <= 2 or levels * ROWS_PER_CLASS <= len(values)):
        return "classification", f"`{target.name}` has {levels} distinct whole numbers"
    what = "whole numbers" if whole else "numbers"
    return "regression", f"`{target.name}` holds {what} with {levels:,} distinct values"


def _columns(raw: pl.DataFrame, table: Table, given: Mapping[str, Role]) -> Iterator[Column]:
    dtypes = raw.schema
    plain = plain_readings(
        raw, [name for name in table.columns if dtypes[name] == pl.String and name not in given], decimal=table.decimal
    )
    readings = {name: plain.get(name) or _reading(raw[name], table, given.get(name)) for name in table.columns}
    columns = [_unjudged(name, reading) for name, reading in readings.items()]
    values = typed(raw, Schema(columns=tuple(columns))).get_columns()
    rows_at = raw[ROW] if ROW in dtypes else None
    for column, series in zip(columns, values, strict=False):  # the row number comes last
        reading, role = readings[column.name], given.get(column.name)
        if reading is None:
            yield _nested(raw[column.name], role)
        elif role is not None:
            yield column.model_copy(update={"role": role, "reason": "to be predicted" if role == "target" else "given"})
        else:
            judged = judge(column.name, series, rows_at, table.rows, reading)
            yield column.model_copy(update={"role": judged.role, "reason": judged.reason})


def _reading(series: pl.Series, table: Table, given: Role | None) -> Reading | None:
    """How a column is read; None for values that are lists and such."""
    if isinstance(series.dtype, pl.Categorical | pl.Enum):
        series = series.cast(pl.String)
    if series.dtype.is_nested() or series.dtype in (pl.Binary, pl.Object):
        return None
    if series.dtype != pl.String:
        return _forced(series, _read_typed(series), table, given)
    return _forced(series, read_texts(series, decimal=table.decimal, label=given == "target"), table, given)


def _unjudged(name: str, reading: Reading | None) -> Column:
    if reading is None:
        return Column(name=name, role="dropped", dtype="string")
    return Column(
        name=name,
        role="dropped",
        dtype=reading.dtype,
        missing=reading.missing,
        decimal=reading.decimal,
        grouped=reading.grouped,
        date_format=reading.date_format,
        levels=reading.levels,
    )


def _nested(series: pl.Series, given: Role | None) -> Column:
    judged = Judged(
        "dropped", f"each value is a {'binary object' if series.dtype == pl.Binary else 'list or an object'}, not one value"
    )
    if given not in (None, "dropped"):
        raise BringupError(f"column `{series.name}` cannot be a {given}", there=judged.reason, do="leave it out")
    return Column(name=series.name, role="dropped", dtype="string", reason=judged.reason)


def _read_typed(series: pl.Series) -> Reading:
    """How a column that has a type already is read."""
    dtype = series.dtype
    present = series.drop_nulls()
    if dtype.is_float() or dtype.is_decimal() or isinstance(dtype, pl.Duration):
        if isinstance(dtype, pl.Duration):
            return Reading("float", len(present), present.n_unique())
        present = present.cast(pl.Float64).drop_nans()
        # pandas turns whole numbers with gaps into floats
        gaps = len(present) < len(series)
        is_whole = (
            gaps and len(present) > 0 and present.to_frame("v").select(whole_part(pl.col("v")).is_not_null().all()).item()
        )
        return Reading("int" if is_whole else "float", len(present), present.n_unique())
    if dtype == pl.Boolean:
        return Reading("bool", len(present), present.n_unique())
    if isinstance(dtype, pl.Date | pl.Datetime):
        return Reading("date", len(present), present.n_unique())
    kind: DType = "int" if dtype.is_integer() else "string"
    return Reading(kind, len(present), present.n_unique())


def _forced(series: pl.Series, reading: Reading, table: Table, given: Role | None) -> Reading:
    """The reading that a given role asks for."""
    wanted = _ROLE_DTYPES.get(given or "")
    if wanted is None or reading.dtype in wanted:
        return reading
    if given == "date":
        raise BringupError(
            f"column `{series.name}` cannot be a date", there=f"it holds {_kind(reading)}", do="write the dates as 2024-12-31"
        )
    if given == "number":
        if reading.dtype == "date":
            raise BringupError(f"column `{series.name}` cannot be a number", there="it holds dates", do="give it the role date")
        return Reading("float", reading.values, reading.levels, missing=reading.missing, decimal=table.decimal, grouped=True)
    levels = reading.levels if series.dtype != pl.String else series.drop_nulls().n_unique()
    return Reading("string", reading.values, levels, missing=reading.missing)


def _kind(reading: Reading) -> str:
    return {"float": "numbers", "int": "whole numbers", "bool": "true or false", "string": "text"}[reading.dtype]
