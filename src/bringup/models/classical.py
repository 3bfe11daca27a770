"""Models that scikit-learn trains: the constant, the linear model and boosted trees."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

Kind = Literal["constant", "linear", "trees"]
LINEAR_ROWS = 100_000  # logistic regression by L-BFGS reads the whole matrix some hundred times


def build(
    kind: Kind, *, task: str, seed: int, categorical: tuple[bool, ...] = (), settings: Mapping[str, Any] | None = None
) -> Any:
    """Return an unfitted scikit-learn estimator.

    Args:
        kind: "constant" predicts the class shares or the mean; "linear" is logistic or ridge regression with scikit-learn's
            mild defaults; "trees" is HistGradientBoosting with its defaults.
        task: "classification" or "regression".
        categorical: Which columns hold level numbers ("trees" only).
        settings: Parameters of the estimator that differ from its defaults.
    """
    classify = task == "classification"
    chosen = dict(settings or {})
    if kind == "constant":
        from sklearn.dummy import DummyClassifier, DummyRegressor

        return DummyClassifier(strategy="prior") if classify else DummyRegressor(strategy="mean")
    if kind == "linear":
        from sklearn.linear_model import LogisticRegression, Ridge

        return LogisticRegression(**{"max_iter": 1000, **chosen}) if classify else Ridge(**chosen)
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    mask = list(categorical) if any(categorical) else None
    estimator = HistGradientBoostingClassifier if classify else HistGradientBoostingRegressor
    return estimator(random_state=seed, categorical_features=mask, **chosen)  # pyright: ignore[reportArgumentType]


def view(kind: str) -> Literal["dense", "codes"]:
    """Which view of the prepared inputs a kind of model reads."""
    return "codes" if kind == "trees" else "dense"


def scores(estimator: Any, x: np.ndarray, *, classes: int) -> np.ndarray:
    """Class probabilities [rows, classes] (0 for a class that training did not have), or values [rows]."""
    if not classes:
        return np.asarray(estimator.predict(x), dtype=np.float64)
    found = np.zeros((len(x), classes))
    found[:, np.asarray(estimator.classes_, dtype=int)] = estimator.predict_proba(x)
    return found
