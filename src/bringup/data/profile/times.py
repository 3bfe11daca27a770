"""Targets that are the time between two columns: a delay, a duration, or whether either was too long.

Only columns that hold a time are tried: dates, and times of day written as 1345. Their difference has a meaning whatever the
columns are called, so an exact fit is no coincidence; among any two numbers it might be the very rule that is to be learned.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import polars as pl

from bringup.data.profile.columns import as_floats
from bringup.data.profile.exact import SHARE, affine
from bringup.record import Relation

DAY = 1440.0  # minutes
ROWS = 500  # rows from which a threshold that fits two classes is no coincidence
COLUMNS = 20
WRONG = 0.01  # of the rows, that a threshold may get wrong


def clock_minutes(values: np.ndarray) -> np.ndarray | None:
    """Minutes since midnight of times that are written as 1345, or None where the numbers are no such times."""
    there = values[np.isfinite(values)]
    if not len(there) or there.min() < 0 or there.max() > 2400 or there.max() < 1000:
        return None
    if (there != np.floor(there)).any() or (there % 100 >= 60).any() or len(np.unique(there)) < 50:
        return None
    return values // 100 * 60 + values % 100


def time_differences(sample: pl.DataFrame, answers: pl.Series, *, regression: bool) -> Iterator[Relation]:
    """Yield pairs of times whose difference is the target (up to its unit), or tells its two classes apart."""
    if not regression and (answers.n_unique() != 2 or len(answers) < ROWS):
        return
    truth = as_floats(answers) if regression else answers.cast(pl.String).rank("dense").to_numpy()
    for one, other, gap in gaps(sample):
        there = np.isfinite(gap)
        if there.mean() < SHARE:
            continue
        share = affine(gap[there], truth[there]) if regression else divides(gap[there], truth[there] == 1)
        if share >= (SHARE if regression else 1 - WRONG):
            yield Relation(kind="difference", columns=(one, other), of=answers.name, share=float(share))


def gaps(sample: pl.DataFrame) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield the difference of each two columns that hold a time; times of day are taken the short way round the clock."""
    numbers = {name: as_floats(sample[name]) for name in sample.columns if sample[name].dtype.is_numeric()}
    clocks = {name: minutes for name, values in numbers.items() if (minutes := clock_minutes(values)) is not None}
    for one, other in combinations(list(clocks)[:COLUMNS], 2):
        yield one, other, (clocks[one] - clocks[other] + DAY / 2) % DAY - DAY / 2
    dates = {name: as_floats(sample[name]) for name in sample.columns if sample[name].dtype.is_temporal()}
    for one, other in combinations(list(dates)[:COLUMNS], 2):
        yield one, other, dates[one] - dates[other]


def divides(gap: np.ndarray, labels: np.ndarray) -> float:
    """The share of rows that the best threshold gets right; 0 unless both classes have a twentieth of the rows."""
    positive = int(labels.sum())
    if min(positive, len(labels) - positive) < len(labels) / 20:
        return 0.0
    order = np.argsort(gap, kind="stable")
    last = np.append(np.diff(gap[order]) > 0, True)  # a threshold cannot part equal values
    below = np.cumsum(labels[order])[last]
    rows = np.arange(1, len(labels) + 1)[last]
    right = below + (len(labels) - positive) - (rows - below)  # positive below, negative above
    return float(max(right.max(), (len(labels) - right).max()) / len(labels))
