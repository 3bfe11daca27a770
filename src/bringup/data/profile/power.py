"""How well one column alone predicts the target: a rule fitted on one half of the rows and judged on the other.

The rule is a table: the column is cut into bins (quantiles of the fit half, single values where there are few, a bin for
"missing"), and each bin predicts the smoothed rate of each class, or the smoothed mean, of its rows (target encoding:
Micci-Barreca 2001). Judging on rows that the table was not fitted to keeps a column of many levels from looking strong.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from bringup.data.profile.columns import as_floats
from bringup.record import FeaturePower

BINS = 32
CLASSES = 30  # commoner classes that are judged one by one; the others share a number
WORTH_CUTTING = 0.97  # area under the curve of the bins above which exact cuts are looked for
PRIOR_ROWS = 5.0  # weight of the overall rate in the rate of a bin


@dataclass(frozen=True)
class Halves:
    """A target and which rows a rule is fitted to; the others judge.

    Attributes:
        labels: Class numbers [rows] (classification), else None.
        amounts: Targets [rows] (regression), else None.
        fit: True [rows] for the rows of the fit half.
    """

    labels: np.ndarray | None
    amounts: np.ndarray | None
    fit: np.ndarray


def halves(target: pl.Series, *, regression: bool, seed: int) -> Halves:
    """Part the rows at random; the target must have no missing value."""
    fit = np.zeros(len(target), dtype=bool)
    fit[np.random.default_rng(seed).permutation(len(target))[: len(target) // 2]] = True
    if regression:
        return Halves(None, as_floats(target), fit)
    return Halves(np.minimum(class_numbers(target), CLASSES), None, fit)


def class_numbers(target: pl.Series) -> np.ndarray:
    """Number classes by falling frequency, ties by name."""
    texts = target.cast(pl.String).rename("text")
    counts = texts.value_counts(name="n").sort(["n", "text"], descending=[True, False])
    return codes_of(texts, counts["text"])


def codes_of(texts: pl.Series, levels: pl.Series) -> np.ndarray:
    """The place of each text among the levels; every text must be there."""
    places = pl.DataFrame({"text": levels, "place": np.arange(len(levels))})
    return pl.DataFrame({"text": texts}).join(places, on="text", how="left", maintain_order="left")["place"].to_numpy()


def bins(series: pl.Series, fit: np.ndarray) -> np.ndarray:
    """Cut a column into bins [rows]; bin 0 holds the missing values. Edges are quantiles of the fit half."""
    if not (series.dtype.is_numeric() or series.dtype.is_temporal() or series.dtype == pl.Boolean):
        codes = series.cast(pl.String).rank("dense").fill_null(0)
        return codes.to_numpy().astype(np.int64)
    values = as_floats(series)
    there = np.isfinite(values)
    known = np.sort(values[there & fit])
    edges = np.unique(known[np.linspace(0, len(known) - 1, BINS).astype(int)]) if len(known) else known
    if len(edges) < BINS // 2:  # few values, or one that is very common: give the others a bin each while they are few
        values_seen = np.unique(known)
        edges = (
            values_seen
            if len(values_seen) <= 2 * BINS
            else np.union1d(edges, np.quantile(values_seen, np.linspace(0, 1, BINS)))
        )
    return np.where(there, 1 + np.searchsorted(edges, values), 0)


def feature_power(series: pl.Series, target: Halves, share: float) -> FeaturePower:
    """Judge one column.

    Args:
        share: The share of rows on which the column equals the target, which the caller knows.
    """
    missing = (~np.isfinite(as_floats(series))) if series.dtype.is_float() else series.is_null().to_numpy()
    codes = bins(series, target.fit)
    some = bool(missing.any() and not missing.all())
    if target.labels is None:
        score = max(table_r2(codes, target), line_r2(series, target))
        without = table_r2(missing.astype(np.int64), target) if some else None
        return FeaturePower(column=series.name, score=score, share=share, missing_score=without)
    score, determined = table_auc(codes, target.labels, target.fit)
    if score >= WORTH_CUTTING:
        determined = max(determined, cut_determined(series, target.labels, target.fit))
    without = table_auc(missing.astype(np.int64), target.labels, target.fit)[0] if some else None
    return FeaturePower(column=series.name, score=score, share=share, determined=determined, missing_score=without)


def table_auc(codes: np.ndarray, labels: np.ndarray, fit: np.ndarray) -> tuple[float, float]:
    """Area under the ROC curve (macro, one against the rest) of the bins' class rates, and the accuracy beyond the majority.

    Returns:
        (score, determined) as `FeaturePower` has them; (0.5, 0) where the halves hold too little to judge.
    """
    width, classes = int(codes.max(initial=0)) + 1, int(labels.max(initial=0)) + 1
    cells = codes * classes + labels
    seen = np.bincount(cells[fit], minlength=width * classes).reshape(width, classes)
    judged = np.bincount(cells[~fit], minlength=width * classes).reshape(width, classes)
    if not fit.any() or fit.all() or classes < 2:
        return 0.5, 0.0
    prior = seen.sum(axis=0) / seen.sum()
    rates = (seen + PRIOR_ROWS * prior) / (seen.sum(axis=1, keepdims=True) + PRIOR_ROWS)
    areas = [area(rates[:, k], judged[:, k], judged.sum(axis=1)) for k in (range(1, 2) if classes == 2 else range(classes))]
    known = [value for value in areas if value is not None]
    total = judged.sum()
    majority = judged.sum(axis=0)[prior.argmax()] / total
    accuracy = judged[np.arange(width), rates.argmax(axis=1)].sum() / total
    determined = max(0.0, float((accuracy - majority) / (1 - majority))) if majority < 1 else 0.0
    return (float(np.mean(known)) if known else 0.5), determined


def cut_determined(series: pl.Series, labels: np.ndarray, fit: np.ndarray) -> float:
    """The accuracy beyond the majority of exact cuts, which bins only come near to: a target that was made by a threshold.

    A decision tree on this one column, with a leaf more than there are classes, fitted on one half and judged on the other.
    """
    from sklearn.tree import DecisionTreeClassifier

    if not (series.dtype.is_numeric() or series.dtype.is_temporal()):
        return 0.0
    values = as_floats(series)
    column = np.where(np.isfinite(values), values, np.nan).reshape(-1, 1)
    classes = int(labels.max(initial=0)) + 1
    tree = DecisionTreeClassifier(max_leaf_nodes=classes + 1, random_state=0).fit(column[fit], labels[fit])
    majority = float(np.bincount(labels[~fit], minlength=classes).max() / max(1, (~fit).sum()))
    accuracy = float(tree.score(column[~fit], labels[~fit]))
    return max(0.0, (accuracy - majority) / (1 - majority)) if majority < 1 else 0.0


def area(scores: np.ndarray, positive: np.ndarray, rows: np.ndarray) -> float | None:
    """Area under the ROC curve of bins that share a score a bin; None where one of the two classes is absent."""
    _, group = np.unique(scores, return_inverse=True)
    up = np.bincount(group, weights=positive)
    down = np.bincount(group, weights=rows - positive)
    if up.sum() == 0 or down.sum() == 0:
        return None
    below = np.cumsum(down) - down
    return float((up * (below + down / 2)).sum() / (up.sum() * down.sum()))


def table_r2(codes: np.ndarray, target: Halves) -> float:
    """R² on the judging half of the smoothed means of the bins; 0 where there is nothing to explain."""
    assert target.amounts is not None
    amounts, fit = target.amounts, target.fit
    width = int(codes.max(initial=0)) + 1
    rows = np.bincount(codes[fit], minlength=width)
    mean = float(amounts[fit].mean()) if fit.any() else 0.0
    sums = np.bincount(codes[fit], weights=amounts[fit], minlength=width)
    means = (sums + PRIOR_ROWS * mean) / (rows + PRIOR_ROWS)
    return r2(amounts[~fit], means[codes[~fit]], mean)


def line_r2(series: pl.Series, target: Halves) -> float:
    """R² on the judging half of a straight line, for columns that are numbers; rows without a value get the mean."""
    assert target.amounts is not None
    if not (series.dtype.is_numeric() or series.dtype.is_temporal()):
        return 0.0
    values, amounts, fit = as_floats(series), target.amounts, target.fit
    there = np.isfinite(values)
    use = there & fit
    if use.sum() < 3:
        return 0.0
    with np.errstate(all="ignore"):
        center, mean = values[use].mean(), float(amounts[use].mean())
        spread = ((values[use] - center) ** 2).sum()
        if not np.isfinite(spread) or spread <= 0:
            return 0.0
        slope = ((values[use] - center) * (amounts[use] - mean)).sum() / spread
        predicted = np.where(there, mean + slope * (values - center), mean)
    return r2(amounts[~fit], predicted[~fit], mean)


def r2(truth: np.ndarray, predicted: np.ndarray, mean: float) -> float:
    """1 - squared error / squared error of the fit half's mean."""
    with np.errstate(all="ignore"):
        total = float(((truth - mean) ** 2).sum())
        value = 1 - float(((truth - predicted) ** 2).sum()) / total if total > 0 else 0.0
    return value if np.isfinite(value) else 0.0
