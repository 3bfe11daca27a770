"""The synthetic twin: inputs of the same schema with a planted rule. A pipeline that cannot learn it has an implementation bug."""

import numpy as np
import polars as pl

from bringup.data.schema import Column, Schema

ROWS = 4000
RULE_COLUMNS = 4
SHARE_MISSING = 0.5  # columns with more missing values than this carry no part of the rule


def synthesise(
    typed: pl.DataFrame, schema: Schema, *, task: str, classes: tuple[str, ...], seed: int, rows: int = ROWS
) -> pl.DataFrame:
    """Make rows with the same columns and types, each column drawn on its own from its values, and a target that follows from a few of them.

    The rule is a sum of standardised numbers and of effects of category levels, without noise: for classes it is cut at the quantiles that give
    each class its share (at least 10 %, so that every class can be learned).

    Args:
        typed: Real rows to draw the values from.
    """
    random = np.random.default_rng(seed)
    columns = {column.name: typed[column.name].gather(random.integers(0, len(typed), rows)) for column in schema.inputs}
    score = np.zeros(rows)
    for weight, column in zip(np.linspace(1.0, 0.6, RULE_COLUMNS), rule_columns(typed, schema, random), strict=False):
        part = effect(columns[column.name], column, random)
        score += weight * part
    target = schema.target
    if target is None:
        raise ValueError("a twin needs a target")
    if task == "regression":
        center, spread = (
            float(typed[target.name].cast(pl.Float64).mean() or 0.0),
            float(typed[target.name].cast(pl.Float64).std() or 1.0),
        )  # pyright: ignore
        values = pl.Series(target.name, center + spread * score / max(float(score.std()), 1e-12))
    else:
        values = pl.Series(
            target.name, np.asarray(classes, dtype=object)[cut(score, typed[target.name], classes)].tolist(), dtype=pl.String
        )
    return pl.DataFrame({**columns, target.name: values}).select(
        [c.name for c in schema.columns if c.name in columns or c.role == "target"]
    )


def rule_columns(typed: pl.DataFrame, schema: Schema, random: np.random.Generator) -> list[Column]:
    """The columns that carry the rule: numbers and small categories with values in them, drawn at random."""
    useful = [
        column
        for column in schema.inputs
        if column.role in ("number", "category")
        and typed[column.name].null_count() <= SHARE_MISSING * len(typed)
        and 2 <= typed[column.name].n_unique() <= (20 if column.role == "category" else len(typed))
    ]
    return [useful[i] for i in random.permutation(len(useful))[:RULE_COLUMNS]]


def effect(values: pl.Series, column: Column, random: np.random.Generator) -> np.ndarray:
    """What a column adds to the rule: mean 0, standard deviation 1; ranks for numbers, so that one outlier does not make the rule."""
    if column.role == "category":
        text = values.cast(pl.String).fill_null("")
        levels = sorted(text.unique().to_list())
        size = dict(zip(levels, random.permutation(np.linspace(-1, 1, len(levels))), strict=True))
        part = np.array([size[value] for value in text.to_list()])
    else:
        number = values.cast(pl.Float64)
        middle = number.median()
        part = np.asarray(number.fill_null(middle if isinstance(middle, float) else 0.0).to_numpy())
        low, high = np.quantile(part[np.isfinite(part)], [0.02, 0.98]) if np.isfinite(part).any() else (0.0, 1.0)
        part = np.clip(np.nan_to_num(part, nan=low), low, high)
    return (part - part.mean()) / max(float(part.std()), 1e-12)


def cut(score: np.ndarray, target: pl.Series, classes: tuple[str, ...]) -> np.ndarray:
    """Class numbers by quantiles of the score; shares as in the data, but none under 10 % (or an equal share for many classes)."""
    counts = dict(target.drop_nulls().cast(pl.String).value_counts().iter_rows())
    floor = min(0.1, 0.5 / len(classes))
    share = np.maximum([counts.get(name, 0) / max(1, sum(counts.values())) for name in classes], floor)
    edges = np.quantile(score, np.cumsum(share / share.sum())[:-1])
    return np.searchsorted(edges, score, side="right")
