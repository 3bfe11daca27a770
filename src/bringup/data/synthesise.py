"""The synthetic twin: inputs of the same schema with a planted rule.

A pipeline that cannot learn the twin has an implementation bug, whatever the real data are like.
"""

from datetime import datetime, timedelta

import numpy as np
import polars as pl

from bringup.data.schema import Column, Schema
from bringup.data.states import levels_of, plain
from bringup.data.target import encode, labels

ROWS = 4000
RULE_COLUMNS = 4
RULE_CLASSES = 10  # thin slices of a score are hard to learn: of more classes, the commonest
RULE_LEVELS = 20  # categories with more levels carry no part of the rule
SHARE_MISSING = 0.5  # columns with more missing values than this carry no part of the rule
SQUEEZED = 0.2  # nor do numbers whose middle 96 % are closer together than this share of their standard deviation
FEWEST_CLASS = 0.1  # of the rows, for each class: less is hard to learn from few rows
WORD = "planted"


def synthesise(
    typed: pl.DataFrame, schema: Schema, *, task: str, classes: tuple[str, ...], seed: int, rows: int = ROWS
) -> pl.DataFrame:
    """Make rows with the same columns and types, and a target that follows from a few of them without noise.

    Each column is drawn on its own from its values. The rule is a sum of standardised numbers (dates count as numbers) and of
    effects of levels; for classes it is cut at the quantiles that give each class its share, at least 10 % (half of an
    equal share for many classes), so that every class can be learned; beyond 10 classes, it gives the 10 commonest. Where no
    column
    can carry a rule as it stands (texts, categories with very many levels, columns that are empty, constant, or squeezed by one
    outlier), values that can are drawn in their place.

    Args:
        typed: Real rows to draw the values from.
        schema: The columns; one of them is the target.
        task: "classification" or "regression".
        classes: The classes in the order of their numbers.

    Raises:
        ValueError: if the schema has no target, or no input.
    """
    target = schema.target
    if target is None or not schema.inputs:
        raise ValueError("a twin needs a target and an input")
    random = np.random.default_rng(seed)
    columns = {column.name: typed[column.name].gather(random.integers(0, len(typed), rows)) for column in schema.inputs}
    useful = [column for column in schema.inputs if carries(typed[column.name], column)]
    if not useful:
        useful = list(schema.inputs)
        columns = {column.name: invented(columns[column.name], column, random) for column in useful}
    chosen = [useful[i] for i in random.permutation(len(useful))[:RULE_COLUMNS]]
    weights = np.linspace(1.0, 0.6, RULE_COLUMNS)
    score = sum((w * effect(columns[c.name], c, random) for w, c in zip(weights, chosen, strict=False)), np.zeros(rows))
    made = planted(score, typed[target.name], task=task, classes=classes).alias(target.name)
    order = [column.name for column in schema.columns if column.name in columns or column.name == target.name]
    return pl.DataFrame({**columns, target.name: made}).select(order)


def carries(values: pl.Series, column: Column) -> bool:
    """Whether a column can carry a part of the rule as it stands: a number, a date or a small category that varies."""
    if column.role == "text" or values.null_count() > SHARE_MISSING * len(values) or values.n_unique() < 2:
        return False
    if column.role == "category":
        return values.n_unique() <= RULE_LEVELS
    there = numbers(values, column).drop_nulls().to_numpy()
    if not len(there):
        return False
    unit = there / max(float(np.abs(there).max()), 1e-300)
    return float(trimmed(unit).std()) > SQUEEZED * float(unit.std()) > 0


def numbers(values: pl.Series, column: Column) -> pl.Series:
    """The values of a number, or the days of a date."""
    return plain(values, "days" if column.role == "date" else None)


def trimmed(values: np.ndarray) -> np.ndarray:
    """The values with the outer 2 % on each side pulled in, so that one outlier does not make the rule."""
    return np.clip(values, *np.quantile(values, [0.02, 0.98]))


def invented(values: pl.Series, column: Column, random: np.random.Generator) -> pl.Series:
    """Values of the same type that can carry a rule, for a column whose own cannot."""
    rows, name, dtype = len(values), values.name, values.dtype
    half = random.random(rows) < 0.5
    if column.role == "text":
        texts = [" ".join((text or "").split()[:8]) for text in values.to_list()]
        return pl.Series(
            name, [f"{f'{WORD} ' * 3 if yes else ''}{text}".strip() for yes, text in zip(half, texts, strict=True)]
        )
    if column.role == "date":
        days = random.integers(0, 1000, rows).tolist()
        return pl.Series(name, [datetime(2020, 1, 1) + timedelta(days=day) for day in days]).cast(dtype)
    if dtype == pl.Boolean:
        return pl.Series(name, half)
    if dtype != pl.String:
        drawn = random.integers(0, 10, rows) if column.role == "category" else 100 * random.standard_normal(rows)
        return pl.Series(name, drawn).cast(dtype)
    levels = values.drop_nulls().value_counts(sort=True, name="__rows__").sort("__rows__", name, descending=[True, False])
    names = levels[name].head(RULE_LEVELS).to_list()
    names = names if len(names) > 1 else ["one", "other"]
    return pl.Series(name, [names[i] for i in random.integers(0, len(names), rows)], dtype=dtype)


def effect(values: pl.Series, column: Column, random: np.random.Generator) -> np.ndarray:
    """What a column adds to the rule [rows]: mean 0, standard deviation 1."""
    if column.role == "text":
        part = np.array([WORD in text for text in values.fill_null("").to_list()], dtype=float)
    elif column.role == "category":
        text = levels_of(values).fill_null("")
        levels = sorted(text.unique().to_list())
        size = dict(zip(levels, random.permutation(np.linspace(-1, 1, len(levels))), strict=True))
        part = np.array([size[value] for value in text.to_list()])
    else:
        there = numbers(values, column)
        part = trimmed(there.fill_null(there.median()).to_numpy())  # pyright: ignore[reportArgumentType] - a number here
    part = part / max(float(np.abs(part).max()), 1e-300)  # huge values have no square
    return (part - part.mean()) / max(float(part.std()), 1e-12)


def planted(score: np.ndarray, target: pl.Series, *, task: str, classes: tuple[str, ...]) -> pl.Series:
    """The target that follows from the score: with the mean and spread of the real one, or cut into the classes."""
    if task == "regression":
        real = plain(target).drop_nulls().to_numpy()
        center, spread = (float(real.mean()), float(real.std())) if len(real) else (0.0, 1.0)
        return pl.Series(center + (spread or 1.0) * score / max(float(score.std()), 1e-12))
    counts = np.bincount(encode(labels(target), classes) + 1, minlength=len(classes) + 1)[1:]
    common = np.sort(np.argsort(-counts, kind="stable")[:RULE_CLASSES])
    counts, floor = counts[common], min(FEWEST_CLASS, 0.5 / len(common))
    share = np.maximum(counts / max(1, int(counts.sum())), floor)
    return pl.Series([classes[common[i]] for i in cut(score, share / share.sum())], dtype=pl.String)


def cut(score: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Class numbers [rows] by quantiles of the score, as near to the shares as its distinct values allow, every class present.

    With fewer distinct scores than classes, the last classes are absent.
    """
    values, place, rows = np.unique(score, return_inverse=True, return_counts=True)
    middle = (np.cumsum(rows) - rows / 2) / len(score)
    wanted = np.searchsorted(np.cumsum(share)[:-1], middle)
    found, last = np.zeros(len(values), dtype=np.int64), -1
    for i in range(len(values)):
        needed = len(share) - (len(values) - i)  # so that each later class still gets a value
        last = min(max(int(wanted[i]), needed, last, 0), last + 1)
        found[i] = last
    return found[place]
