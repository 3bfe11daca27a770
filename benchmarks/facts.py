"""The facts of a table that recognition reads, measured plainly: a second opinion on the product's own profile."""

import polars as pl

from bringup.record import ColumnFacts, RawFacts, TargetFacts


def facts(frame: pl.DataFrame, target: str, task: str) -> tuple[RawFacts, tuple[ColumnFacts, ...], TargetFacts]:
    """Return raw, column and target facts of a typed table; rows without a target count as rows, not as a class."""
    raw = RawFacts(name="table", format="frame", files=(), rows=frame.height, columns=frame.width, digest="")
    columns = tuple(_column(frame[name], target) for name in frame.columns)
    return raw, columns, _target(frame[target], task)


def _column(values: pl.Series, target: str) -> ColumnFacts:
    number = values.dtype.is_numeric()
    kept = values.drop_nulls().drop_nans() if values.dtype.is_float() else values.drop_nulls()
    return ColumnFacts(
        name=values.name,
        role="target" if values.name == target else "number" if number else "category",
        dtype="float" if values.dtype.is_float() else "int" if number else "string",
        rows=len(values),
        missing=len(values) - len(kept),
        distinct=kept.n_unique(),
        mean=_float(kept.mean()) if number else None,
        std=_float(kept.std()) if number else None,
    )


def _target(values: pl.Series, task: str) -> TargetFacts:
    kept = values.drop_nulls()
    if task == "regression":
        mean, std = _float(kept.mean()), _float(kept.std())
        return TargetFacts(
            name=values.name, task="regression", rows=len(values), missing=len(values) - len(kept), mean=mean, std=std
        )
    counts = kept.cast(pl.String).alias("value").value_counts(sort=True).rows()
    return TargetFacts(
        name=values.name, task="classification", rows=len(values), missing=len(values) - len(kept), classes=tuple(counts)
    )


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
