"""What goes into a model during training, in numbers: scale, grid, constant and missing values."""

from typing import Any

import numpy as np

from bringup.capture.analysis.layout import channels_read_as_steps
from bringup.capture.analysis.sites import Group, Rows
from bringup.record import InputRowsFacts

MOST_LEVELS = 300
MOST_COLUMNS = 500
LEAST_VALUES = 12  # of a feature, the outermost one included
FAR = 5.0  # times the range of all other values
LEAST_SHARED, MOST_SHARED = 5, 0.4  # rows that share the outermost value; share of the rows
LEAST_LEVELS = 8  # fewer are multiples of some step by accident
PARTS = 32  # by which the smallest difference of two levels may be divided
NEAR = 0.02  # of a step: what single precision leaves of whole multiples


def inputs_of(group: Group) -> InputRowsFacts | None:
    """Describe the inputs of the main training place; None for numbers of tokens."""
    rows = group.main
    if not rows.is_numbers:
        return None
    flat = rows.flat
    finite = np.isfinite(flat)
    facts: dict[str, Any] = {
        "site": rows.call.site,
        "rows": len(flat),
        "features": flat.shape[1],
        "shape": rows.input.shape[1:],
        **missing(rows, finite),
    }
    if not finite.all(axis=1).any():
        return InputRowsFacts(**facts)
    kept = flat[finite.all(axis=1)]
    mean, spread = kept.mean(axis=0), kept.std(axis=0)
    size = np.abs(kept).max(axis=0)
    vary = spread > 1e-6 * np.maximum(size, 1e-12)
    distinct_targets = 0 if rows.target is None else len(np.unique(rows.target.reshape(len(rows.target), -1), axis=0))
    facts |= {
        "mean": float(kept.mean()),
        "std": float(kept.std()),
        "minimum": float(kept.min()),
        "maximum": float(kept.max()),
        "whole": bool((kept == kept.round()).all()),
        "constant": float(1 - vary.mean()),
        "distinct_rows": len(np.unique(kept, axis=0)),
        "distinct_targets": distinct_targets,
        **grid(kept, rows.input.shape[1:]),
        "laid_out": channels_read_as_steps(rows),
    }
    facts |= apart(np.unique(kept, axis=0))
    if vary.any():
        facts |= {
            "largest_mean": float(np.abs(mean[vary]).max()),
            "largest_std": float(spread[vary].max()),
            "smallest_std": float(spread[vary].min()),
            "typical_std": float(np.median(spread[vary])),
        }
    return InputRowsFacts(**facts)


def apart(rows: np.ndarray) -> dict[str, Any]:
    """Features with an outermost value that several rows share and that lies far from all others."""
    found: list[tuple[float, float, int]] = []
    for column in rows[:, :MOST_COLUMNS].T:
        values, counts = np.unique(column, return_counts=True)
        if len(values) < LEAST_VALUES:
            continue
        for end, beside, rest in ((0, 1, values[1:]), (-1, -2, values[:-1])):
            gap = abs(values[end] - values[beside]) / max(float(rest[-1] - rest[0]), 1e-300)
            if gap >= FAR and LEAST_SHARED <= counts[end] <= MOST_SHARED * len(rows):
                found.append((float(gap), float(values[end]), int(counts[end])))
    if not found:
        return {}
    gap, value, count = max(found)
    return {"apart": len(found), "apart_value": value, "apart_rows": count, "apart_gap": gap}


def missing(rows: Rows, finite: np.ndarray) -> dict[str, Any]:
    """Values that are not finite, and whether they reach the output: a model may well replace them inside."""
    bad = ~finite.all(axis=1)
    reach = 0
    if bad.any():
        first = rows.step == rows.step.min()  # afterwards the weights may be NaN, too
        if rows.output is not None:
            wrong = ~np.isfinite(rows.output.reshape(len(rows.output), -1).astype(float)).all(axis=1)
            reach = int((bad & wrong & first).sum()) if (bad & first).any() else int((bad & wrong).sum())
        else:
            reach = int(bad.sum())
    return {"non_finite_rows": int(bad.sum()), "non_finite_reaching": reach}


def grid(kept: np.ndarray, shape: tuple[int, ...]) -> dict[str, Any]:
    """The step between neighbouring values, where all values are whole multiples of one, as those of 8-bit images are.

    Of images with channels first, the first channel alone: each may have a scale of its own.
    """
    values = kept[:2000]
    if len(shape) == 3 and shape[0] in (3, 4) and values.shape[1] % shape[0] == 0:
        values = values[:, : values.shape[1] // shape[0]]
    levels = np.unique(values)
    if not 3 <= len(levels) <= MOST_LEVELS:
        return {}
    return {"levels": len(levels), "step": step_of(levels) if len(levels) >= LEAST_LEVELS else None}


def step_of(levels: np.ndarray) -> float | None:
    """The largest step that all differences of levels are multiples of."""
    steps = np.diff(levels)
    smallest = float(steps[steps > 1e-4 * steps.max()].min())
    for part in range(1, PARTS + 1):
        multiples = (levels - levels[0]) / (smallest / part)
        if np.abs(multiples - multiples.round()).max() < NEAR:
            return smallest / part if multiples.max() < 4 * MOST_LEVELS else None
    return None
