"""Windows cut out of series: do evaluated ones share their values with trained ones?"""

import numpy as np

from bringup.capture.analysis.rounding import unit_of

LEAST_LONG = 8  # steps of a window
SHORTEST, LONGEST, PART = 4, 64, 8  # steps of a piece, which is such a part of a window
LARGEST = 2.0**62  # whole number
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
    length = min(max(SHORTEST, steps // PART), LONGEST)
    train = train[: max(1, MOST_PLACES // steps)]
    weights = np.random.default_rng(0).normal(size=int(np.prod(train.shape[2:], dtype=int)))
    with np.errstate(over="ignore", invalid="ignore"):  # values that are infinite, or nearly
        values, others = (part.reshape(len(part), steps, -1).astype(np.float64) @ weights for part in (train, other))
        finite = values[np.isfinite(values)]
        spread = float(finite.std()) if len(finite) else 0.0
    if not 0 < spread < np.inf:
        return 0.0
    codes, asked = (codes_of(part, float(unit_of(spread))) for part in (values, others))
    known, middle = pieces(codes, length), steps // 2
    before, after = asked[:, middle - length : middle], asked[:, middle : middle + length]
    earlier = np.isin(pieces(before, length)[:, 0], known[:, middle - length + 1 :])  # there it lies further on in the window
    later = np.isin(pieces(after, length)[:, 0], known[:, :middle])
    whole = np.isfinite(others[:, middle - length : middle + length]).all(axis=1)
    return float((earlier & later & whole & distinct(before) & distinct(after)).mean())


def codes_of(values: np.ndarray, unit: float) -> np.ndarray:
    """Values as whole numbers."""
    codes = np.nan_to_num(np.round(values / unit), posinf=0, neginf=0)
    return codes.clip(-LARGEST, LARGEST).astype(np.int64).view(np.uint64)


def pieces(codes: np.ndarray, length: int) -> np.ndarray:
    """What identifies each piece of so many steps: shape [rows, steps - length + 1]."""
    count = codes.shape[1] - length + 1
    found = np.zeros((len(codes), count), dtype=np.uint64)
    for place in range(length):  # whole numbers of 64 bits, which run over
        found = found * FACTOR + codes[:, place : place + count]
    return found


def distinct(piece: np.ndarray) -> np.ndarray:
    """Whether the values of a piece are all different from each other."""
    ordered = np.sort(piece, axis=1)
    return (ordered[:, 1:] != ordered[:, :-1]).all(axis=1)
