"""Metrics, from predictions as probabilities [rows, classes] or values [rows]."""

from collections.abc import Callable

import numpy as np

HIGHER_IS_BETTER = {
    "accuracy": True,
    "balanced_accuracy": True,
    "roc_auc": True,
    "log_loss": False,
    "r2": True,
    "rmse": False,
    "mae": False,
}
FLOOR = 1e-15


def accuracy(y: np.ndarray, p: np.ndarray) -> float:
    """Share of rows whose most probable class is the true one."""
    return float(np.mean(p.argmax(axis=1) == y))


def balanced_accuracy(y: np.ndarray, p: np.ndarray) -> float:
    """Mean over the classes present of the share of their rows that is right."""
    hit = p.argmax(axis=1) == y
    return float(np.mean([hit[y == label].mean() for label in np.unique(y)]))


def log_loss(y: np.ndarray, p: np.ndarray) -> float:
    """Mean negative log-likelihood in nats; probabilities are kept at least 1e-15."""
    return float(-np.mean(np.log(np.clip(p[np.arange(len(y)), y], FLOOR, 1))))


def roc_auc(y: np.ndarray, p: np.ndarray) -> float:
    """Area under the ROC curve; for more classes the mean of one-against-rest over those present. NaN with one class."""
    from scipy.stats import rankdata

    present = np.unique(y)
    if len(present) < 2:
        return float("nan")
    areas = []
    for label in present[-1:] if p.shape[1] == 2 else present:
        positive = y == label
        n, m = int(positive.sum()), int((~positive).sum())
        ranks = rankdata(p[:, label])
        areas.append((ranks[positive].sum() - n * (n + 1) / 2) / (n * m))
    return float(np.mean(areas))


def r2(y: np.ndarray, f: np.ndarray) -> float:
    """Share of the variance explained; 0 for the mean, negative for worse. NaN where the truth does not vary."""
    spread = float(np.sum((y - y.mean()) ** 2)) if len(y) else 0.0
    return float(1 - np.sum((y - f) ** 2) / spread) if spread > 0 else float("nan")


def rmse(y: np.ndarray, f: np.ndarray) -> float:
    """Root of the mean squared error, in the target's unit."""
    return float(np.sqrt(np.mean((y - f) ** 2)))


def mae(y: np.ndarray, f: np.ndarray) -> float:
    """Mean absolute error, in the target's unit."""
    return float(np.mean(np.abs(y - f)))


METRICS: dict[str, dict[str, Callable[[np.ndarray, np.ndarray], float]]] = {
    "classification": {"accuracy": accuracy, "balanced_accuracy": balanced_accuracy, "roc_auc": roc_auc, "log_loss": log_loss},
    "regression": {"r2": r2, "rmse": rmse, "mae": mae},
}
PRIMARY = {"classification": "accuracy", "regression": "r2"}


def measure(task: str, y: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """All metrics of a task on some rows; empty for no rows."""
    return {name: function(y, predicted) for name, function in METRICS[task].items()} if len(y) else {}
