"""The shape of a loss that is trained on one frozen batch: five words that each lead to other suspects.

All levels are medians of a window, all noise is a median of absolute differences: a single odd step decides nothing.
With `excess` the distance of the loss from its floor, `first` its value at the start, `last` its median over the last tenth (a
loss that falls below a floor that cannot be gone below, as one with a flipped sign does, goes up in this sense):

explodes    a value is not finite, or the excess reached 100 times its first value
converges   last <= 5 % of first, and of the excess of a prediction that does not look at the inputs, where that is known: a
            start that is a million times worse than ignorance is no measure of learning
oscillates  in the second half, two steps in ten or more turn round, and the typical step is at least 10 % of the typical level
goes-up     last >= 110 % of first, and later values are higher by rank (Kendall's tau at least 0.3; from 0.7 on even where the
            steps of the rise would do for a swing)
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
STEADY = 0.7  # order from which a rise is no swing, however rough
TURNS = 0.2
STEP_SIZE = 0.1
WINDOW = 0.1  # of the series
STILL_FALLING = 0.02  # of what convergence is measured by, over the last fifth
TINY = 1e-12


class Trajectory(Frozen):
    """A classified series, and the numbers that it was classified by."""

    shape: Shape
    first: float
    last: float
    lowest: float
    highest: float
    turns: float  # share of steps in the second half at which the direction changes
    step_size: float  # median step in the second half, relative to the level
    order: float  # Kendall's tau of the values against time
    falling: bool  # the last fifth fell by 2 % of what convergence is measured by: more steps would help


def classify(values: Sequence[float], *, floor: float = 0.0, ignorant: float | None = None) -> Trajectory:
    """Classify a loss over steps.

    Args:
        values: At least three values, or one that is not finite; the first is before or at the first update.
        floor: The loss that cannot be gone below.
        ignorant: The loss of the best prediction that does not look at the inputs, where that is known.

    Raises:
        ValueError: if there are fewer than three values, all of them finite.
    """
    raw = np.asarray(values, dtype=float)
    bad = np.flatnonzero(~np.isfinite(raw))
    if len(raw) < 3 and not len(bad):
        raise ValueError(f"a trajectory needs three values, {len(raw)} came")
    finite = raw[: bad[0]] if len(bad) else raw
    if len(finite) < 3:
        return broken_at_once(float(raw[0]))
    excess = np.abs(finite - floor)
    window = max(1, int(len(excess) * WINDOW))
    turns, step_size = unrest(excess)
    below = float(np.median(finite[-window:])) < floor
    order = rank_order(floor - finite if below else excess)  # what ends below its floor went up all the way, not down and up
    first, last = float(excess[0]), float(np.median(excess[-window:]))
    known = to_learn(first, None if ignorant is None else abs(ignorant - floor))
    shape = decide(excess, known, broken=bool(len(bad)), first=first, last=last, turns=turns, step_size=step_size, order=order)
    return Trajectory(
        shape=shape,
        first=float(finite[0]),
        last=float(np.median(finite[-window:])),
        lowest=float(finite.min()),
        highest=float(finite.max()),
        turns=turns,
        step_size=step_size,
        order=order,
        falling=still_falling(excess, known),
    )


def to_learn(first: float, ignorant: float | None) -> float:
    """What convergence is measured by: the first excess, or that of ignorance where it is smaller and not 0."""
    return first if ignorant is None or ignorant <= TINY else min(first, ignorant)


def broken_at_once(first: float) -> Trajectory:
    """A loss that was no number within its first three values."""
    return Trajectory(
        shape="explodes",
        first=first,
        last=math.nan,
        lowest=math.nan,
        highest=math.inf,
        turns=0,
        step_size=0,
        order=0,
        falling=False,
    )


def still_falling(excess: np.ndarray, known: float) -> bool:
    """Whether the last fifth is lower than the one before it by 2 % of `known` or more."""
    if len(excess) < 10:
        return False
    fifth = len(excess) // 5
    fell = float(np.median(excess[-2 * fifth : -fifth]) - np.median(excess[-fifth:]))
    return fell >= STILL_FALLING * known


def decide(
    excess: np.ndarray, known: float, *, broken: bool, first: float, last: float, turns: float, step_size: float, order: float
) -> Shape:
    """The shape, by the rules at the head of this file; `known` is what convergence is measured by."""
    scale = max(first, TINY)
    if broken or float(excess.max()) >= EXPLODES * scale:
        return "explodes"
    if last <= CONVERGED * max(known, TINY):
        return "converges"
    if last >= RISES * scale and order >= STEADY:
        return "goes-up"
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
