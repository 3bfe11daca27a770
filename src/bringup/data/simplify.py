"""Simplify the problem: few examples, a fixed set of classes and inputs, so that a fault shows in seconds instead of hours."""

import numpy as np

from bringup.data.split import choose

EXAMPLES = 10_000


def simplify(rows: np.ndarray, *, seed: int, examples: int = EXAMPLES, strata: np.ndarray | None = None) -> np.ndarray:
    """Choose at most `examples` of these rows, every class with its share and with one row at least.

    Args:
        rows: Row numbers to choose from (training rows).
        strata: Class numbers of *all* rows, indexed by row number.

    Returns:
        The row numbers, sorted. Where there are more classes than examples, rows are drawn regardless of them.
    """
    if len(rows) <= examples:
        return rows
    order = np.random.default_rng(seed).permutation(rows)
    if strata is None or len(np.unique(strata[rows])) > examples:
        return np.sort(order[:examples])
    one_each = order[np.unique(strata[order], return_index=True)[1]]
    rest = np.setdiff1d(rows, one_each)
    _, more = choose(rest, (examples - len(one_each)) / len(rest), seed, strata=strata)
    return np.sort(np.concatenate([one_each, more]))[:examples] if len(one_each) < examples else np.sort(one_each)
