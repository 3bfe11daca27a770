"""Measure columns one at a time, and the target: what is there, how often, and what stands apart."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from bringup.data.schema import Column, Schema
from bringup.record import ApartFacts, ColumnFacts, TargetFacts, Task, digest

TOP = 10  # commonest values that are kept
SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
FEW = 20  # a column with fewer distinct numbers has no "apart"
VARIANTS_UP_TO = 10_000  # distinct texts; more than that are no categories
Unreadable = Mapping[str, tuple[int, tuple[str, ...]]]


def profile(
    typed: pl.DataFrame,
    schema: Schema,
    *,
    unreadable: Unreadable | None = None,
    tokens: Mapping[str, Mapping[str, int]] | None = None,
) -> tuple[ColumnFacts, ...]:
    """Measure every column of a typed frame, in the order of the schema.

    Args:
        unreadable: How many texts of a column could not be read as its type, and examples of them.
        tokens: How often each token of a column was read as missing.
    """
    names = set(typed.columns)
    there = [column for column in schema.columns if column.name in names]
    return tuple(
        column_facts(
            typed[column.name], column, (unreadable or {}).get(column.name, (0, ())), (tokens or {}).get(column.name, {})
        )
        for column in there
    )


def column_facts(
    series: pl.Series, column: Column, unreadable: tuple[int, tuple[str, ...]], tokens: Mapping[str, int]
) -> ColumnFacts:
    """Measure one column by its type."""
    if series.dtype.is_numeric() or series.dtype == pl.Boolean:
        measured = measure_number(series)
    elif series.dtype.is_temporal():
        measured = measure_date(series)
    else:
        measured = measure_text(series.cast(pl.String))
    return ColumnFacts(
        name=column.name,
        role=column.role,
        dtype=column.dtype,
        rows=len(series),
        reason=column.reason,
        tokens=dict(tokens),
        unreadable=unreadable[0],
        unreadable_examples=tuple(unreadable[1]),
        **measured,
    )


def as_floats(series: pl.Series) -> np.ndarray:
    """The values as float64, NaN where missing; what is no number becomes NaN, dates become seconds."""
    if series.dtype.is_temporal():
        series = series.cast(pl.Datetime("us"), strict=False).dt.timestamp("us") / 1e6
    values = series.cast(pl.Float64, strict=False).to_numpy()
    return np.array(values, dtype=np.float64)


def measure_number(series: pl.Series) -> dict[str, Any]:
    """Moments, quantiles, the commonest values and those that stand apart; NaN counts as missing."""
    values = as_floats(series)
    finite = values[np.isfinite(values)]
    infinite = int(np.isinf(values).sum())
    unique, counts = np.unique(finite, return_counts=True)
    facts: dict[str, Any] = {
        "missing": len(values) - len(finite) - infinite,
        "infinite": infinite,
        "distinct": series.drop_nulls().n_unique()
        if series.dtype.is_integer()
        else len(unique) + int((values == np.inf).any()) + int((values == -np.inf).any()),
        "digest": digest(values),
    }
    if not len(finite):
        return facts
    ends = np.cumsum(counts)
    with np.errstate(over="ignore", invalid="ignore"):
        gaps = np.diff(unique)
        mean, std = float(finite.mean()), float(finite.std())
    return facts | {
        "top": commonest(unique, counts, whole=not series.dtype.is_float()),
        "mean": mean,
        "std": std,
        "minimum": float(unique[0]),
        "maximum": float(unique[-1]),
        "quantiles": tuple(float(unique[np.searchsorted(ends, share * len(finite))]) for share in SHARES),
        "zeros": int(counts[unique == 0].sum()),
        "negatives": int(counts[unique < 0].sum()),
        "unit_gap": float(gaps.min()) if len(gaps) else None,
        "increasing": bool(len(unique) > 1 and (finite[1:] >= finite[:-1]).all()),
        "apart": tuple(stand_apart(unique, counts, gaps)),
    }


def commonest(unique: np.ndarray, counts: np.ndarray, *, whole: bool) -> tuple[tuple[str, int], ...]:
    """The commonest numbers as text; ties go to the smaller number."""
    order = np.argsort(-counts, kind="stable")[:TOP]
    return tuple((str(int(unique[place])) if whole else f"{unique[place]:.12g}", int(counts[place])) for place in order)


def stand_apart(unique: np.ndarray, counts: np.ndarray, gaps: np.ndarray) -> list[ApartFacts]:
    """The smallest and the largest value, where the way to the next one is three times the usual one or more."""
    found: list[ApartFacts] = []
    if len(unique) < FEW or not np.isfinite(gaps).all():
        return found
    for place, gap, following in ((0, gaps[0], gaps[1:11]), (len(unique) - 1, gaps[-1], gaps[-11:-1])):
        usual = float(np.median(following))
        if gap < 3 * usual:
            continue
        rest, weights = np.delete(unique, place), np.delete(counts, place)
        with np.errstate(over="ignore", invalid="ignore"):
            mean = float(np.average(rest, weights=weights))
            std = float(np.sqrt(np.average((rest - mean) ** 2, weights=weights)))
        facts = {
            "gap": float(gap),
            "usual_gap": usual,
            "rest_mean": mean,
            "rest_std": std,
            "rest_span": float(rest[-1] - rest[0]),
        }
        found.append(ApartFacts(value=float(unique[place]), count=int(counts[place]), **facts))
    return found


def measure_date(series: pl.Series) -> dict[str, Any]:
    """Range (seconds since 1970) and order of dates."""
    there = series.drop_nulls()
    counts = there.value_counts(name="count").sort(["count", series.name], descending=[True, False]) if len(there) else None
    facts: dict[str, Any] = {"missing": series.null_count(), "distinct": there.n_unique(), "digest": digest(as_floats(series))}
    if counts is not None:
        seconds = as_floats(there)
        top = counts.head(TOP)
        facts["top"] = tuple((str(value), int(count)) for value, count in zip(top[series.name], top["count"], strict=True))
        facts |= {"minimum": float(seconds.min()), "maximum": float(seconds.max())}
        facts["increasing"] = bool(facts["distinct"] > 1 and (seconds[1:] >= seconds[:-1]).all())
    return facts


def measure_text(series: pl.Series) -> dict[str, Any]:
    """The commonest texts and those that are spelled in several ways."""
    texts = series.rename("text").drop_nulls()
    counts = texts.value_counts(name="n").sort(["n", "text"], descending=[True, False])
    return {
        "missing": series.null_count(),
        "distinct": len(counts),
        "top": tuple((str(text)[:200], int(count)) for text, count in counts.head(TOP).iter_rows()),
        "variants": spelling_variants(counts["text"].to_list()) if len(counts) <= VARIANTS_UP_TO else (),
        "padded": int((texts.str.strip_chars() != texts).sum()),
        "digest": digest("\x1f".join(series.fill_null("\x00").to_list())),
    }


def normal_form(text: str) -> str:
    """A text without what spellings of one value differ in: case, blanks around and between, a final stop."""
    return " ".join(text.casefold().split()).rstrip(".").rstrip()


def spelling_variants(texts: list[str]) -> tuple[tuple[str, ...], ...]:
    """Groups of texts with one normal form; a text of stops and blanks alone has none."""
    groups: dict[str, list[str]] = {}
    for text in texts:
        groups.setdefault(normal_form(text), []).append(text)
    return tuple(tuple(group) for form, group in groups.items() if form and len(group) > 1)


def target_facts(typed: pl.DataFrame, schema: Schema, task: Task) -> TargetFacts:
    """Measure the target.

    Raises:
        ValueError: if the schema has none.
    """
    column = schema.target
    if column is None:
        raise ValueError("the schema has no target")
    series = typed[column.name]
    if task == "regression":
        return TargetFacts(name=column.name, task=task, rows=len(series), **measure_amount(as_floats(series)))
    texts = series.cast(pl.String).rename("text")
    counts = texts.drop_nulls().value_counts(name="n").sort(["n", "text"], descending=[True, False])
    classes = tuple((str(text), int(count)) for text, count in counts.iter_rows())
    return TargetFacts(
        name=column.name,
        task=task,
        rows=len(series),
        missing=series.null_count(),
        classes=classes,
        neighbours=agreement(texts.drop_nulls()),
    )


def measure_amount(values: np.ndarray) -> dict[str, Any]:
    """Moments of a target that is a number, and how alike neighbouring rows are."""
    there = values[np.isfinite(values)]
    infinite = int(np.isinf(values).sum())
    facts: dict[str, Any] = {"missing": len(values) - len(there) - infinite, "infinite": infinite}
    if not len(there):
        return facts
    with np.errstate(all="ignore"):
        mean, std = float(there.mean()), float(there.std())
        scaled = (there - mean) / std if std > 0 else np.zeros(len(there))
        alike = float(np.mean(scaled[1:] * scaled[:-1])) if len(there) > 2 and std > 0 else None
        skewness = float(np.mean(scaled**3))
    return facts | {
        "mean": mean,
        "std": std,
        "minimum": float(there.min()),
        "maximum": float(there.max()),
        "skewness": skewness,
        "neighbours": alike,
    }


def agreement(texts: pl.Series) -> float | None:
    """Agreement of neighbouring rows beyond chance (Cohen's kappa), None where there is nothing to agree on."""
    if len(texts) < 3:
        return None
    codes = texts.rank("dense").to_numpy()
    shares = np.unique(codes, return_counts=True)[1] / len(codes)
    chance = float((shares**2).sum())
    return None if chance >= 1 else float(((codes[1:] == codes[:-1]).mean() - chance) / (1 - chance))
