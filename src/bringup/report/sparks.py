"""Tiny histograms for a table of columns, drawn from quantiles or from the commonest values: about 250 bytes each."""

import math
from itertools import pairwise

from markupsafe import Markup

from bringup.record import ColumnFacts

LEVELS = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS = 22
WIDTH, HEIGHT = 88, 22


def spark(column: ColumnFacts) -> Markup:
    """Return a histogram of a column: of its values between the 1 % and 99 % quantiles, or of its commonest texts."""
    if len(column.quantiles) == len(LEVELS) and all(map(math.isfinite, column.quantiles)):
        heights, label = _density(column.quantiles), "histogram from the 1 % to the 99 % quantile"
    elif column.top and column.role in ("category", "target"):
        heights, label = [float(count) for _, count in column.top[:8]], "counts of the commonest values"
    else:
        return Markup("")
    return Markup(
        f'<svg class="spark" role="img" aria-label="{label}" viewBox="0 0 {WIDTH} {HEIGHT}"><path d="{_bars(heights)}"/></svg>'
    )


def _density(quantiles: tuple[float, ...]) -> list[float]:
    """Spread the mass between neighbouring quantiles over equal bins; equal quantiles put theirs into one bin."""
    low, high = quantiles[0], quantiles[-1]
    width = (high - low) / BINS
    if width <= 0 or not math.isfinite(width):
        return [1.0 if place == BINS // 2 else 0.0 for place in range(BINS)]
    heights = [0.0] * BINS
    for (start, end), (below, above) in zip(pairwise(quantiles), pairwise(LEVELS), strict=True):
        first, last = (min(int((edge - low) / width), BINS - 1) for edge in (start, end))
        for place in range(first, last + 1):
            left, right = low + place * width, low + (place + 1) * width
            share = 1.0 if end <= start else max(min(end, right) - max(start, left), 0.0) / (end - start)
            heights[place] += (above - below) * share
    return heights


def _bars(heights: list[float]) -> str:
    """The outline of the bars; heights are square roots of shares, so that a small value beside a large one is still seen."""
    highest = max(heights) or 1.0
    step = WIDTH / max(len(heights), 4)
    bars = []
    for place, height in enumerate(heights):
        if height > 0:
            tall = max(round(math.sqrt(height / highest) * HEIGHT, 1), 1)
            bars.append(f"M{place * step:.4g} {HEIGHT}v-{tall:g}h{step - (0.6 if len(heights) > 10 else 2):.3g}v{tall:g}")
    return "".join(bars)
