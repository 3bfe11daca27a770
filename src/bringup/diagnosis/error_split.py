"""The test error taken apart: irreducible + avoidable bias + variance + shift + overfit to validation."""

from typing import Any, Literal

import numpy as np

from bringup.findings import Frozen
from bringup.models.threads import one_thread


class ErrorPart(Frozen):
    """One term of: test error = irreducible + avoidable bias + variance + shift + overfit to validation."""

    name: Literal["irreducible", "avoidable-bias", "variance", "shift", "validation-overfit"]
    value: float
    low: float | None = None
    high: float | None = None
    how: str


class ErrorSplit(Frozen):
    """The test error, taken apart."""

    metric: str
    total: float
    parts: tuple[ErrorPart, ...]
    dominant: str
    next_action: str


# What to do next, by the largest part (the order of work of Ng, Machine Learning Yearning, 2018, and of the seed recipe).
ACTIONS = {
    "irreducible": "most of the error is in the data: rows that look alike have different targets; "
    "look for inputs that tell them apart, or for wrong labels",
    "avoidable-bias": "the model underfits: a larger or different model, better inputs, longer training, less regularisation",
    "variance": "the model overfits: more data, more regularisation, a smaller model",
    "shift": "the test rows are not like the training rows: bring training rows that are, or find out why they differ",
    "validation-overfit": "choices were fitted to the validation rows: more validation rows, fewer trials",
}
NEIGHBOUR_ROWS = 5_000
SHIFT_ROWS = 50  # fewer say nothing
SHIFT_MOST = 20_000
SHIFT_AREA = 0.55
SHIFT_WEIGHT = 20.0


def split_error(
    *, metric: str, train: float, validation: float, weighted: float, test: float, irreducible: float, noise: float
) -> ErrorSplit:
    """Take a test error apart; the parts add up to it exactly.

    Args:
        train, validation, test: Errors of one model on the three parts (share of wrong rows, or mean squared error as
            a share of the variance).
        weighted: The validation error, its rows weighted to look like the test rows.
        irreducible: An estimate of the error that no model can avoid; at most the training error counts.
        noise: Half the width of the 95 % interval of a difference of two errors on so many rows.
    """
    floor = max(0.0, min(irreducible, train))
    values = {
        "irreducible": (
            floor,
            "half the error of the nearest neighbour is the least possible (Cover & Hart 1967), estimated on validation rows",
        ),
        "avoidable-bias": (train - floor, "training error beyond the irreducible"),
        "variance": (validation - train, "validation error beyond training error"),
        "shift": (
            weighted - validation,
            "validation error after weighting its rows to look like the test rows, beyond the plain one",
        ),
        "validation-overfit": (test - weighted, "what is left of the test error"),
    }
    parts = tuple(
        ErrorPart(name=name, value=value, low=value - noise, high=value + noise, how=how)  # pyright: ignore[reportArgumentType]
        for name, (value, how) in values.items()
    )
    dominant = max(parts[1:], key=lambda part: part.value)
    # a part within the noise is no lead: then the irreducible error is what there is
    name = dominant.name if dominant.value > noise else "irreducible"
    return ErrorSplit(metric=metric, total=test, parts=parts, dominant=name, next_action=ACTIONS[name])


def neighbour_floor(x: np.ndarray, y: np.ndarray, *, classes: int, seed: int) -> float:
    """Estimate the least possible error from nearest neighbours.

    Classes: Cover & Hart (1967) bound the Bayes error R* from the error R of the nearest neighbour: R ≤ R*(2 − R*·C/(C−1)),
    solved
    for R*. Values: half the mean squared difference to the nearest neighbour's target (the delta test: Pi & Peterson 1994), as
    a
    share of the variance. Both hold for many rows; for few rows or many inputs they are too high, which `split_error` allows
    for.

    Args:
        x: Prepared inputs [rows, inputs]; y: class numbers or values [rows].
        classes: The number of classes, 0 for values.
    """
    from sklearn.neighbors import NearestNeighbors

    rows = np.random.default_rng(seed).permutation(len(x))[:NEIGHBOUR_ROWS]
    x, y = x[rows], y[rows]
    if len(x) < 2:
        return 0.0
    nearest = NearestNeighbors(n_neighbors=2).fit(x).kneighbors(x, return_distance=False)
    own = np.arange(len(x))
    other = np.where(nearest[:, 0] == own, nearest[:, 1], nearest[:, 0])
    if not classes:
        spread = float(np.var(y))
        return float(np.mean((y - y[other]) ** 2) / 2 / spread) if spread > 0 else 0.0
    wrong = float(np.mean(y != y[other]))
    scale = (classes - 1) / classes
    return scale * (1 - float(np.sqrt(max(0.0, 1 - wrong / scale))))


def shift_weights(validation: np.ndarray, test: np.ndarray, *, seed: int) -> np.ndarray:
    """Weights [validation rows], mean 1, that make validation rows look like test rows.

    A classifier that tells the two apart gives the density ratio (Bickel, Brückner & Scheffer 2009); its odds are cross-fitted
    and
    cut at 20. Where it cannot tell them apart (area under the ROC curve at most 0.55, or three standard errors above a half)
    all
    weights are 1. Both parts are judged on at most 20,000 rows.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    rows, others = len(validation), len(test)
    if min(rows, others) < SHIFT_ROWS:
        return np.ones(rows)
    random = np.random.default_rng(seed)
    ours, theirs = random.permutation(rows)[:SHIFT_MOST], random.permutation(others)[:SHIFT_MOST]
    x = np.concatenate([validation[ours], test[theirs]])
    side = np.repeat([0, 1], [len(ours), len(theirs)])
    settings: dict[str, Any] = {"max_iter": 50, "max_leaf_nodes": 15, "early_stopping": False, "random_state": seed}
    chance, rest = np.zeros(len(x)), np.zeros(rows)  # of being a test row, by models that did not see the row
    folds = list(StratifiedKFold(3, shuffle=True, random_state=seed).split(x, side))
    with one_thread(True):
        for fitted, held in folds:
            model = HistGradientBoostingClassifier(**settings).fit(x[fitted], side[fitted])
            chance[held] = np.asarray(model.predict_proba(x[held]))[:, 1]
            if len(ours) < rows:
                rest += np.asarray(model.predict_proba(validation))[:, 1] / len(folds)
    error = np.sqrt((len(x) + 1) / (12 * len(ours) * len(theirs)))  # of an area without any shift (Mann & Whitney 1947)
    if roc_auc_score(side, chance) <= max(SHIFT_AREA, 0.5 + 3 * error):
        return np.ones(rows)
    rest[ours] = chance[: len(ours)]
    share = np.clip(rest, 1e-3, 1 - 1e-3)
    odds = np.minimum(share / (1 - share) * len(ours) / len(theirs), SHIFT_WEIGHT)
    return odds / odds.mean()
