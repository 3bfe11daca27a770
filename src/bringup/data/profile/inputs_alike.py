"""Inputs that say the same thing twice: copies, renamed values, multiples."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from bringup.data.profile.columns import as_floats
from bringup.data.profile.exact import SHARE, affine, agreement_beyond_chance, ranks, same
from bringup.record import Relation, digest

FEWEST = 10  # rows that differ from the commonest value, below which two columns may agree by luck
CORRELATED = 0.95
MULTIPLE = 0.999  # rows on one line: two columns that are mostly zero lie on one by chance on almost all rows
COMPARED = 1_000  # numbers that are correlated with each other
ROWS = 2_000  # rows that a table of more than 100 numbers is correlated on


def alike(sample: pl.DataFrame) -> Iterator[Relation]:
    """Yield relations among inputs; each column is named at most once as the one that could go (the later one)."""
    explained: set[str] = set()
    for relation in (*bijections(sample), *straight(sample)):
        column = relation.columns[0]
        if column not in explained:
            explained.add(column)
            yield relation


def bijections(sample: pl.DataFrame) -> Iterator[Relation]:
    """Yield columns whose values are other columns' values under other names.

    Values are numbered by their first appearance: two such columns then hold the same numbers, whatever their values were.
    Comparing digests of them makes the cost linear in columns.
    """
    seen: dict[str, str] = {}
    for name in sample.columns:
        _, first, place, counts = np.unique(codes(sample[name]), return_index=True, return_inverse=True, return_counts=True)
        if len(counts) < 2 or len(place) - counts.max() < FEWEST or len(counts) > len(place) / 2:
            continue
        earlier = seen.setdefault(digest(first.argsort().argsort()[place]), name)
        if earlier != name:
            share = same(sample[name], sample[earlier])
            missing = sample[name].null_count() / len(sample)
            yield Relation(kind="copy" if share + missing > 1 - 1e-9 else "one-to-one", columns=(name,), of=earlier, share=1.0)


def codes(series: pl.Series) -> np.ndarray:
    """A number for each value, 0 for missing ones."""
    return series.rank("dense").fill_null(0).to_numpy().astype(np.int64)


def straight(sample: pl.DataFrame) -> Iterator[Relation]:
    """Yield numbers that are copies (on most rows) or multiples of other numbers."""
    names = [name for name in sample.columns if sample[name].dtype.is_numeric()][:COMPARED]
    if len(names) < 2:
        return
    frame = sample.select(names) if len(names) <= 100 else sample.select(names).head(ROWS)
    with np.errstate(all="ignore"):
        for first, second in close_pairs(np.column_stack([as_floats(frame[name]) for name in names])):
            one, other = frame[names[second]], frame[names[first]]
            share = same(one, other)
            if share >= SHARE and agreement_beyond_chance(one.cast(pl.Float64), other.cast(pl.Float64), share) >= SHARE:
                yield Relation(kind="copy", columns=(names[second],), of=names[first], share=share)
                continue
            a, b = as_floats(one), as_floats(other)
            there = np.isfinite(a) & np.isfinite(b)
            known = np.isfinite(a).sum()
            if there.sum() >= FEWEST and (held := affine(a[there], b[there]) * there.sum() / known) >= MULTIPLE:
                yield Relation(kind="scale", columns=(names[second],), of=names[first], share=float(held))


def close_pairs(matrix: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield (earlier, later) pairs of columns with a high rank correlation, each later column with its closest earlier one.

    Ranks, so that a few slips of the pen do not part a column from its copy; missing values take the middle rank.
    """
    ranked = np.zeros(matrix.shape)
    for place in range(matrix.shape[1]):
        there = np.isfinite(matrix[:, place])
        values = matrix[there, place]
        if len(values) and len(values) - np.unique(values, return_counts=True)[1].max() >= FEWEST:
            order = ranks(values)
            ranked[there, place] = order - order.mean()
    norms = np.linalg.norm(ranked, axis=0)
    scaled = ranked / np.where(norms > 0, norms, np.inf)
    close = np.abs(scaled.T @ scaled)
    for second in range(1, matrix.shape[1]):
        first = int(close[second, :second].argmax())
        if close[second, first] >= CORRELATED:
            yield first, second
