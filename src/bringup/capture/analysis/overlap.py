"""Windows cut out of series: do evaluated ones share their values with trained ones?"""

import numpy as np

LEAST_LONG = 8  # steps of a window
SHORTEST, PART = 4, 8  # steps of a piece, and how many pieces a window has, whichever is longer
DIGITS = 5  # decimal digits of a value that count, relative to the spread of all
MOST_PLACES = 2_000_000  # in trained windows, that pieces are looked for in
FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, and its bits are mixed


def overlapping(train: np.ndarray, other: np.ndarray) -> float:
    """The share of windows that share half of themselves or more with a trained one that begins earlier, and with one that
    begins later.

    A series that was cut before it was parted gives such windows; one that was parted in the order of time has neighbours
    on one side alone. Pieces whose values repeat are left out: they are equal by accident.

    Args:
        train: Windows that were trained on, shape [rows, steps] or [rows, channels, steps] or [rows, steps, channels].
        other: Evaluated ones that were not trained on.
    """
    if train.ndim not in (2, 3) or train.shape[1:] != other.shape[1:] or not len(other):
        return 0.0
    axes = [axis for axis in range(1, train.ndim) if train.shape[axis] >= LEAST_LONG]
    return max((along(np.moveaxis(train, axis, 1), np.moveaxis(other, axis, 1)) for axis in axes), default=0.0)


def along(train: np.ndarray, other: np.ndarray) -> float:
    """The same where the second axis counts the steps."""
    steps = train.shape[1]
    length = max(SHORTEST, steps // PART)
    train = train[: max(1, MOST_PLACES // steps)]
    weights = np.random.default_rng(0).normal(size=int(np.prod(train.shape[2:], dtype=int)))
    values, others = (part.reshape(len(part), steps, -1).astype(np.float64) @ weights for part in (train, other))
    spread = float(values[np.isfinite(values)].std()) if np.isfinite(values).any() else 0.0
    if spread <= 0:
        return 0.0
    unit = 10.0 ** (np.floor(np.log10(spread)) - DIGITS)
    known, asked = pieces(values, unit, length), pieces(others, unit, length)
    ends, begins = steps // 2 - length, steps // 2  # the pieces on both sides of the middle
    earlier = np.isin(asked[:, ends], np.unique(known[:, ends + 1 :]))  # there it lies further on in the window
    later = np.isin(asked[:, begins], np.unique(known[:, :begins]))
    rich = [distinct(others[:, start : start + length], unit) for start in (ends, begins)]
    return float((earlier & later & rich[0] & rich[1]).mean())


def pieces(values: np.ndarray, unit: float, length: int) -> np.ndarray:
    """What identifies each piece of a window: rows of [rows, steps - length + 1]."""
    codes = np.nan_to_num(np.round(values / unit), posinf=0, neginf=0).astype(np.int64).view(np.uint64)
    count = values.shape[1] - length + 1
    found = np.zeros((len(values), count), dtype=np.uint64)
    for place in range(length):  # whole numbers of 64 bits, which run over
        found = found * FACTOR + codes[:, place : place + count]
    return found


def distinct(piece: np.ndarray, unit: float) -> np.ndarray:
    """Whether the values of a piece are all different from each other."""
    codes = np.sort(np.round(piece / unit), axis=1)
    return (np.diff(codes, axis=1) != 0).all(axis=1)
