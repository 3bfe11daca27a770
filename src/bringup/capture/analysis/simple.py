"""Simple models on the rows that were kept: what can be learned from them by other means."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

MOST_ROWS = 2000
MOST_FEATURES = 200
SEED = 0


def makers(classification: bool, features: int, balanced: bool = False) -> dict[str, Callable[[], Any]]:
    """The simple models by name."""
    from sklearn.decomposition import PCA
    from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    steps = [StandardScaler()] + ([PCA(50, random_state=SEED)] if features > MOST_FEATURES else [])
    weight = "balanced" if balanced else None
    if classification:
        found: dict[str, Callable[[], Any]] = {
            "logistic regression": lambda: make_pipeline(*steps, LogisticRegression(max_iter=200, class_weight=weight)),
            "trees": lambda: ExtraTreesClassifier(60, min_samples_leaf=2, class_weight=weight, random_state=SEED),
        }
        return found if balanced else found | {"neighbours": lambda: make_pipeline(*steps, KNeighborsClassifier(5))}
    return {
        "ridge regression": lambda: make_pipeline(*steps, Ridge()),
        "neighbours": lambda: make_pipeline(*steps, KNeighborsRegressor(5)),
        "trees": lambda: ExtraTreesRegressor(60, min_samples_leaf=2, random_state=SEED),
    }


def shuffled(x: np.ndarray, y: np.ndarray, most: int = MOST_ROWS) -> tuple[np.ndarray, np.ndarray]:
    """Every different row once, in random order, at most so many; rows that are not finite are left out."""
    fine = np.isfinite(x).all(axis=1) & np.isfinite(y.astype(float)).reshape(len(y), -1).all(axis=1)
    x, y = x[fine], y[fine]
    if not len(x):
        return x, y
    _, first = np.unique(x, axis=0, return_index=True)
    place = np.random.default_rng(SEED).permutation(first)[:most]
    return x[place], y[place]


def fitted(make: Callable[[], Any], x: np.ndarray, y: np.ndarray) -> Any:
    """A simple model, fitted; warnings about its convergence are of no interest."""
    from threadpoolctl import threadpool_limits

    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        return make().fit(x, y)


def best(x: np.ndarray, y: np.ndarray, other_x: np.ndarray, other_y: np.ndarray, *, classification: bool) -> tuple[float, str]:
    """The best score of the simple models, fitted on some rows and judged on others, and which it was."""
    scores = {
        name: float(fitted(make, x, y).score(other_x, other_y)) for name, make in makers(classification, x.shape[1]).items()
    }
    name = max(scores, key=lambda key: scores[key])
    return scores[name], name


def folded(x: np.ndarray, y: np.ndarray, *, classification: bool, folds: int = 2) -> float:
    """The best score of the simple models by cross-validation on shuffled rows."""
    fold = np.arange(len(x)) % folds
    found: dict[str, list[float]] = {}
    for held in range(folds):
        fit, judge = fold != held, fold == held
        if classification and len(np.unique(y[fit])) < 2:
            return 0.0
        for name, make in makers(classification, x.shape[1]).items():
            found.setdefault(name, []).append(float(fitted(make, x[fit], y[fit]).score(x[judge], y[judge])))
    return max(float(np.mean(scores)) for scores in found.values())


def recalls(truth: np.ndarray, answers: np.ndarray, classes: int) -> tuple[float, ...]:
    """The share of each class's rows that is found; NaN where there are none."""
    return tuple(
        float((answers[truth == number] == number).mean()) if (truth == number).any() else float("nan")
        for number in range(classes)
    )


def balanced_recalls(x: np.ndarray, y: np.ndarray, classes: int) -> tuple[float, ...]:
    """The recalls, by cross-validation, of the better of simple models that weigh all classes alike."""
    fold = np.arange(len(x)) % 2
    found: list[tuple[float, ...]] = []
    for make in makers(True, x.shape[1], balanced=True).values():
        answers = np.empty(len(y), dtype=int)
        for held in range(2):
            fit, judge = fold != held, fold == held
            if len(np.unique(y[fit])) < 2:
                return ()
            answers[judge] = fitted(make, x[fit], y[fit]).predict(x[judge])
        found.append(recalls(y, answers, classes))
    return max(found, key=lambda entry: float(np.nanmean(entry)))


def best_feature(x: np.ndarray, y: np.ndarray, *, classification: bool) -> tuple[int, float]:
    """The feature that alone answers best, and how well: a small tree fitted on one half and judged on the other."""
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    half = len(x) // 2
    leaves = 2 * len(np.unique(y)) if classification else 30
    scores = []
    for column in range(min(x.shape[1], MOST_FEATURES)):
        values = x[:, column : column + 1]
        kind = DecisionTreeClassifier if classification else DecisionTreeRegressor
        tree = kind(max_leaf_nodes=min(leaves, 60), min_samples_leaf=2, random_state=SEED).fit(values[:half], y[:half])
        scores.append(float(tree.score(values[half:], y[half:])))
    place = int(np.argmax(scores))
    return place, scores[place]
