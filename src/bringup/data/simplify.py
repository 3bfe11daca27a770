"""Simplify the problem: few examples, a fixed set of classes and inputs, so that a fault shows in seconds instead of hours."""

import numpy as np

from bringup.data.split import choose

EXAMPLES = 10_000


def simplify(rows: np.ndarray, *, seed: int, examples: int = EXAMPLES, strata: np.ndarray | None = None) -> np.ndarray:
    """Choose at most `examples` of these rows, every class with its share.

    Args:
        rows: Row numbers to choose from (training rows).
        strata: Class numbers of *all* rows, indexed by row number.
    """
    if len(rows) <= examples:
        return rows
    _, chosen = choose(rows, examples / len(rows), seed, strata=strata)
    return chosen
