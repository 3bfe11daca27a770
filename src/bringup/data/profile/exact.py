"""Exact relations between a column and a target: equality, straight lines, logarithms, sums and differences.

All are judged row by row and reported with the share of rows on which they hold, so that a few slips of the pen hide no leak.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np
import polars as pl

SHARE = 0.9  # of rows; the checks ask for more
EXACT = 1e-6  # of the spread of the target: how far a sum may be off
LOOSE = 1e-4  # the same for a line, as files are written with few digits
MONOTONE = 0.9999  # rank correlation
TERMS = 8  # columns of a sum
PAIRS_UP_TO = 200  # columns among which all pairs are tried
PROBED = 64  # rows on which pairs are tried first

Function = Literal["scale", "log", "one-to-one"]
Combined = tuple[Literal["sum", "difference"], tuple[str, ...], float]


def same(one: pl.Series, other: pl.Series) -> float:
    """The share of rows on which two columns hold the same value; missing values equal nothing."""
    if not len(one):
        return 0.0
    numeric = [series.dtype.is_numeric() or series.dtype == pl.Boolean for series in (one, other)]
    if all(numeric):
        a, b = (series.cast(pl.Float64).to_numpy() for series in (one, other))
        with np.errstate(all="ignore"):
            return float((np.abs(a - b) <= 1e-9 * np.abs(b)).mean())
    if any(numeric) or one.dtype.is_temporal() != other.dtype.is_temporal():
        return 0.0
    return int((one.cast(pl.String) == other.cast(pl.String)).fill_null(False).sum()) / len(one)


def agreement_beyond_chance(one: pl.Series, other: pl.Series, share: float) -> float:
    """Cohen's kappa (1960) of two columns that agree on `share` of the rows."""
    counts = [series.rename("v").drop_nulls().value_counts(name="n") for series in (one, other)]
    both = counts[0].join(counts[1], on="v", suffix="_other")
    chance = float((both["n"].cast(pl.Float64) * both["n_other"]).sum()) / len(one) ** 2
    return (share - chance) / (1 - chance) if chance < 1 else 0.0


def functions(values: np.ndarray, truth: np.ndarray) -> Iterator[tuple[Function, float]]:
    """Yield each relation of one column with the target and the share of rows on which it holds; all values are finite."""
    with np.errstate(all="ignore"):
        if abs(correlation(values, truth)) < 0.3 and abs(correlation(ranks(values), ranks(truth))) < MONOTONE:
            return
        yield "scale", affine(values, truth)
        for shift in (0.0, 1.0):
            if (truth + shift > 0).all():
                yield "log", affine(values, np.log(truth + shift))
            if (values + shift > 0).all():
                yield "log", affine(np.log(values + shift), truth)
        if abs(correlation(ranks(values), ranks(truth))) >= MONOTONE:
            yield "one-to-one", 1.0


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's, 0 where one of them does not vary."""
    a, b = one - one.mean(), other - other.mean()
    size = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / size) if np.isfinite(size) and size > 0 else 0.0


def ranks(values: np.ndarray) -> np.ndarray:
    """Ranks; equal values share their mean rank."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[place]


def affine(values: np.ndarray, truth: np.ndarray) -> float:
    """The share of rows on one straight line; slope and offset are medians (after Theil & Sen), so outliers do not bend it."""
    order = np.argsort(values, kind="stable")
    half = len(order) // 2
    left, right = order[:half], order[len(order) - half :]
    run = values[right] - values[left]
    use = run > 0
    spread = float(np.std(truth))
    if not use.any() or not np.isfinite(spread) or spread == 0:
        return 0.0
    slope = float(np.median((truth[right] - truth[left])[use] / run[use]))
    if slope == 0 or not np.isfinite(slope):
        return 0.0
    rest = truth - slope * values
    return float((np.abs(rest - np.median(rest)) <= LOOSE * spread).mean())


def whole_sums(columns: Mapping[str, np.ndarray], truth: np.ndarray) -> list[Combined]:
    """Sets of columns that add up to the target, each with a sign."""
    names = list(columns)
    if len(names) < 2:
        return []
    matrix = np.column_stack([columns[name] for name in names])
    with np.errstate(all="ignore"):
        found = list(pairs(matrix, truth)) if len(names) <= PAIRS_UP_TO else []
        if not found and (more := pursue(matrix, truth)):
            found = [more]
    return [
        ("sum" if all(s > 0 for s in signs) else "difference", tuple(names[p] for p in places), share)
        for places, signs, share in found
    ]


def holds(matrix: np.ndarray, truth: np.ndarray, places: list[int], signs: list[int]) -> float:
    """The share of rows, among those where all columns have a value, on which the signed sum is the target up to a constant."""
    rest = matrix[:, places] @ np.array(signs, dtype=float) - truth
    there = np.isfinite(rest)
    if there.mean() < 0.5:
        return 0.0
    rest = rest[there]
    tolerance = max(EXACT * float(np.std(truth)), 1e-9)
    return float((np.abs(rest - np.median(rest)) <= tolerance).mean())


def pairs(matrix: np.ndarray, truth: np.ndarray) -> Iterator[tuple[list[int], list[int], float]]:
    """Yield pairs of columns whose sum or difference is the target; a few rows are tried first."""
    complete = np.flatnonzero(np.isfinite(matrix).mean(axis=1) >= 0.5)
    rows = complete[np.linspace(0, len(complete) - 1, min(PROBED, len(complete))).astype(int)] if len(complete) else complete
    small, aim = matrix[rows], truth[rows]
    tolerance = max(EXACT * float(np.std(truth)), 1e-9)
    for first in range(matrix.shape[1]):
        for sign in (1, -1):
            rest = small[:, [first]] + sign * small - aim[:, None]
            there = np.isfinite(rest)
            hits = ((np.abs(rest) <= tolerance) & there).sum(axis=0) >= SHARE * np.maximum(there.sum(axis=0), 1)
            for second in np.flatnonzero(hits & (there.sum(axis=0) >= len(rows) // 2)):
                if second == first or (sign > 0 and second < first):
                    continue
                share = holds(matrix, truth, [first, int(second)], [1, sign])
                if share >= SHARE:
                    yield [first, int(second)], [1, sign], share


def pursue(matrix: np.ndarray, truth: np.ndarray) -> tuple[list[int], list[int], float] | None:
    """Find columns whose signed sum is the target, one after the other (orthogonal matching pursuit: Pati et al. 1993).

    After each step the weights are rounded to whole numbers; where all are 1 or -1 and the sum holds row by row, it is found.
    """
    filled = np.where(np.isfinite(matrix), matrix, 0.0)
    filled = filled - filled.mean(axis=0)
    norms = np.linalg.norm(filled, axis=0)
    aim = truth - truth.mean()
    chosen: list[int] = []
    rest = aim
    for _ in range(min(TERMS, matrix.shape[1])):
        strength = np.abs(rest @ filled) / np.where(norms > 0, norms, np.inf)
        strength[chosen] = 0
        if not np.isfinite(strength).all() or strength.max() <= 1e-12 * np.linalg.norm(aim):
            return None
        chosen.append(int(strength.argmax()))
        weights = np.linalg.lstsq(filled[:, chosen], aim, rcond=None)[0]
        rest = aim - filled[:, chosen] @ weights
        signs = np.rint(weights).astype(int).tolist()
        if len(chosen) > 1 and all(abs(sign) == 1 for sign in signs):
            share = holds(matrix, truth, chosen, signs)
            if share >= SHARE:
                return chosen, signs, share
    return None
