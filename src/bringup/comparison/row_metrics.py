"""Metrics that are a function of means over rows, so that thousands of resamples are one array operation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Metric = Callable[[Any, Any], float]


@dataclass(frozen=True)
class RowMetric:
    """A metric of the form `finish(mean over rows of rows(y, scores))`; calling it gives the figure.

    Attributes:
        name: As it is written in reports.
        rows: (y, scores) of n rows to an array (n, k) of what each row contributes.
        finish: Means (rounds, k) to the figures (rounds,); NaN where undefined.
        share: Whether the figure is the share of rows that are right.
        greater_is_better: The direction.
    """

    name: str
    rows: Callable[[Any, Any], Floats]
    finish: Callable[[Floats], Floats]
    share: bool = False
    greater_is_better: bool = True

    def __call__(self, y: Any, scores: Any) -> float:
        return float(self.finish(self.rows(np.asarray(y), np.asarray(scores)).mean(axis=0, keepdims=True))[0])


def _right(y: NDArray[Any], predicted: NDArray[Any]) -> Floats:
    return (y == predicted).astype(np.float64)[:, None]


def _squares(y: NDArray[Any], predicted: NDArray[Any]) -> Floats:
    return ((y.astype(np.float64) - predicted) ** 2)[:, None]


def _absolutes(y: NDArray[Any], predicted: NDArray[Any]) -> Floats:
    return np.abs(y.astype(np.float64) - predicted)[:, None]


def _squares_and_target(y: NDArray[Any], predicted: NDArray[Any]) -> Floats:
    truth = y.astype(np.float64)
    centred = truth - truth.mean()  # so that the mean square does not swallow the variance of a target far from zero
    return np.stack([(truth - predicted) ** 2, centred, centred**2], axis=1)


def _explained(means: Floats) -> Floats:
    variance = means[:, 2] - means[:, 1] ** 2
    defined = variance > 1e-12 * np.maximum(means[:, 2], np.finfo(np.float64).tiny)
    return np.where(defined, 1 - means[:, 0] / np.where(defined, variance, 1.0), np.nan)


accuracy = RowMetric("accuracy", _right, lambda means: means[:, 0], share=True)
r2 = RowMetric("r2", _squares_and_target, _explained)
rmse = RowMetric("rmse", _squares, lambda means: np.sqrt(means[:, 0]), greater_is_better=False)
mae = RowMetric("mae", _absolutes, lambda means: means[:, 0], greater_is_better=False)

METRICS = {metric.name: metric for metric in (accuracy, r2, rmse, mae)}

# scikit-learn's functions of the same meaning; each use is verified on the data at hand
ALSO_CALLED = {
    "accuracy_score": accuracy,
    "r2_score": r2,
    "root_mean_squared_error": rmse,
    "mean_absolute_error": mae,
}


def row_metric(metric: Metric, y: NDArray[Any], scores: NDArray[Any]) -> RowMetric | None:
    """Return the vectorised form of a metric, or None where there is none or it does not give the same figure on these rows."""
    if isinstance(metric, RowMetric):
        return metric
    known = ALSO_CALLED.get(getattr(metric, "__name__", ""))
    if known is None or y.ndim != 1 or scores.ndim != 1:
        return None
    return known if np.isclose(known(y, scores), metric(y, scores), rtol=1e-9, atol=1e-12) else None
