"""The shape of a loss that is trained on one frozen batch: five words that each lead to other suspects.

All levels are medians of a window, all noise is a median of absolute differences: a single odd step decides nothing.
With `excess` the loss above the floor, `first` its value at the start, `last` its median over the last tenth:

explodes    a value is not finite, or the excess reached 100 times its first value
converges   last <= 5 % of first (or the excess is below rounding)
oscillates  in the second half, two steps in ten or more turn round, and the typical step is at least 10 % of the typical level
goes-up     last >= 110 % of first, and later values are higher by rank (Kendall's tau at least 0.3)
plateaus    anything else: it stays, or falls and stops short
"""

import math
from collections.abc import Sequence

import numpy as np

from bringup.findings import Frozen
from bringup.probes.result import Shape

EXPLODES = 100.0
CONVERGED = 0.05
RISES = 1.1
RISING_ORDER = 0.3
TURNS = 0.2
STEP_SIZE = 0.1
WINDOW = 0.1  # of the series
STILL_FALLING = 0.02  # of the first excess, over the last fifth
TINY = 1e-9


class Trajectory(Frozen):
    """A classified series, and the numbers that it was classified by."""

    shape: Shape
    first: float
    last: float
    lowest: float
    highest: float
    turns: float  # share of steps in the second half at which the direction changes
    step_size: float  # median step in the second half, relative to the level
    order: float  # Kendall's tau of the second to last values against time
    falling: bool  # the last fifth fell by 2 % of the first excess or more: more steps would help


def classify(values: Sequence[float], *, floor: float = 0.0) -> Trajectory:
    """Classify a loss over steps.

    Args:
        values: At least three values; the first is before or at the first update.
        floor: The loss that cannot be gone below.

    Raises:
        ValueError: if there are fewer than three values.
    """
    if len(values) < 3:
        raise ValueError(f"a trajectory needs three values, {len(values)} came")
    raw = np.asarray(values, dtype=float)
    bad = np.flatnonzero(~np.isfinite(raw))
    finite = raw[: bad[0]] if len(bad) else raw
    if len(finite) < 3:
        return Trajectory(
            shape="explodes",
            first=float(raw[0]),
            last=math.nan,
            lowest=math.nan,
            highest=math.inf,
            turns=0,
            step_size=0,
            order=0,
            falling=False,
        )
    excess = finite - floor
    first = float(excess[0])
    window = max(1, int(len(excess) * WINDOW))
    last = float(np.median(excess[-window:]))
    turns, step_size = unrest(excess)
    order = rank_order(excess)
    fifth = max(1, len(excess) // 5)
    fell = float(np.median(excess[-2 * fifth : -fifth]) - np.median(excess[-fifth:])) if len(excess) >= 10 else 0.0
    shape = decide(excess, broken=bool(len(bad)), first=first, last=last, turns=turns, step_size=step_size, order=order)
    return Trajectory(
        shape=shape,
        first=first + floor,
        last=last + floor,
        lowest=float(finite.min()),
        highest=float(finite.max()),
        turns=turns,
        step_size=step_size,
        order=order,
        falling=fell >= STILL_FALLING * abs(first),
    )


def decide(
    excess: np.ndarray, *, broken: bool, first: float, last: float, turns: float, step_size: float, order: float
) -> Shape:
    """The shape, by the rules at the head of this file."""
    scale = max(abs(first), TINY)
    if broken or float(excess.max()) >= EXPLODES * scale:
        return "explodes"
    if last <= CONVERGED * scale:
        return "converges"
    if turns >= TURNS and step_size >= STEP_SIZE:
        return "oscillates"
    if last >= RISES * scale and order >= RISING_ORDER:
        return "goes-up"
    return "plateaus"


def unrest(excess: np.ndarray) -> tuple[float, float]:
    """How often the second half turns round, and how large its typical step is beside its level."""
    half = excess[len(excess) // 2 :]
    steps = np.diff(half)
    if len(steps) < 2:
        return 0.0, 0.0
    turning = np.sign(steps[1:]) * np.sign(steps[:-1]) < 0
    level = max(float(np.median(np.abs(half))), TINY)
    return float(turning.mean()), float(np.median(np.abs(steps)) / level)


def rank_order(values: np.ndarray) -> float:
    """Kendall's tau against time, on at most 200 evenly spaced values: 1 always rises, -1 always falls."""
    from scipy.stats import kendalltau

    picked = values[np.linspace(0, len(values) - 1, min(len(values), 200)).astype(int)]
    if np.ptp(picked) == 0:
        return 0.0
    return float(kendalltau(np.arange(len(picked)), picked)[0])  # pyright: ignore[reportArgumentType]
