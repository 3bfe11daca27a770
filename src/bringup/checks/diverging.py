"""Whether a training diverged: its loss left where it began by orders of magnitude, upwards."""

import math
from dataclasses import dataclass
from statistics import median

from bringup.record import Record

FIRST = 5
GROWN = 100.0  # times the first loss, before a loss that is not finite
STAYS = 10.0  # times the first loss, at the end
LARGE = 0.1  # of the weights, the median of the first updates
STALE = 0.2  # of the steps
LOOKS = 5


@dataclass(frozen=True)
class Divergence:
    """The first loss, the largest finite one, whether a loss was not finite, and the first updates beside the weights."""

    first: float
    worst: float
    broken: bool
    ratio: float | None


def divergence(record: Record) -> Divergence | None:
    """How the training diverged; None where it did not.

    An objective that is maximised, one that begins near 0, and one of several optimizers may rise for good reasons.
    """
    series = record.series.get("step/loss")
    optimizers = [entry for entry in record.optimizers or () if entry.steps]
    if series is None or len(series) < LOOKS or any(entry.settings.get("maximize") for entry in optimizers):
        return None
    if any(entry.stale >= STALE * entry.looked > 0 for entry in optimizers):
        return None  # gradients that pile up look the same, and are another fault
    first = median([abs(value) for value in series.values[:2] if math.isfinite(value)] or [0.0])
    finite = [value for value in series.values if math.isfinite(value)]
    if not first > 1e-6 or not finite:
        return None
    ratios = record.series.get("update/ratio")
    early = [value for value in (ratios.values[:FIRST] if ratios else ()) if math.isfinite(value)]
    ratio = median(early) if early else None
    broken = next((index for index, value in enumerate(series.values) if not math.isfinite(value)), None)
    before = [value for value in series.values[:broken] if math.isfinite(value)]
    if broken is not None and max(before, default=0.0) >= GROWN * first:
        return Divergence(first, max(before), True, ratio)
    tail = median(finite[-max(FIRST, len(finite) // 10) :])
    if broken is None and len(optimizers) == 1 and ratio is not None and ratio > LARGE and tail >= STAYS * first:
        return Divergence(first, max(finite), False, ratio)
    return None
