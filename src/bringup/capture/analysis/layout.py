"""Were values re-read in another shape where their axes should have been moved, before they came to the model?"""

import numpy as np

from bringup.capture.analysis.sites import Rows

LEAST_ROWS, MOST_ROWS = 60, 1000
LEAST_LENGTH, MOST_CHANNELS = 10, 16
LEAST_CONTROLS = 10
STANDS_OUT = 6.0  # standard deviations over places
LARGER = 1.15  # times the largest step elsewhere
SMOOTH = 0.9  # of the square of a step between values that have nothing to do with each other
ALIKE = 1.25  # ratio of steps within and between what the model takes for one position


def channels_read_as_steps(rows: Rows) -> int | None:
    """How many channels lie one after the other in what the model takes for positions with channels; None where none do.

    A row [positions, channels] that was re-read from [channels, positions] is one channel after the other: read from left to
    right, values follow each other smoothly, position or not, and jump only where a channel ends. In a row that was laid
    out as it is read, those places are like any others.
    """
    shape = rows.input.shape[1:]
    if len(shape) < 2:
        return None
    channels, length = shape[-1], int(np.prod(shape[:-1]))
    if not 2 <= channels <= MOST_CHANNELS or length < max(LEAST_LENGTH, 2 * channels) or not rows.is_numbers:
        return None
    flat = rows.input.reshape(len(rows.input), -1)[:MOST_ROWS].astype(np.float64)
    flat = flat[np.isfinite(flat).all(axis=1)]
    flat = np.unique(flat, axis=0)
    if len(flat) < LEAST_ROWS:
        return None
    flat = flat - flat.mean()
    step = np.zeros(flat.shape[1])
    step[1:] = ((flat[:, 1:] - flat[:, :-1]) ** 2).mean(axis=0)
    ends = np.arange(1, channels) * length
    places = np.arange(1, flat.shape[1])
    same = np.setdiff1d(places[np.isin(places % channels, ends % channels)], ends)
    within = places[places % channels != 0]
    between = np.setdiff1d(places[places % channels == 0], ends)
    if len(same) < LEAST_CONTROLS or len(between) < LEAST_CONTROLS:
        return None
    unrelated = 2 * float(flat.var())
    usual, spread = float(step[same].mean()), float(step[same].std())
    jumps = bool((step[ends] > usual + STANDS_OUT * spread).all() and step[ends].min() > LARGER * step[same].max())
    smooth = usual < SMOOTH * unrelated
    one, other = float(step[np.setdiff1d(within, ends)].mean()), float(step[between].mean())
    alike = max(one, other) <= ALIKE * min(one, other)
    return channels if jumps and smooth and alike else None
