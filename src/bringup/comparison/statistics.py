"""Is a difference more than noise? Intervals over seeds and over test rows.

Two kinds of noise are kept apart. *Seeds* (initial weights, order of the batches, split) are judged by `paired_difference` and
`mean_interval`; *test rows* (another sample would have given another figure) by `bootstrap` and `paired_bootstrap`. A claim
that has to survive both is `beyond_noise(over_seeds, over_rows)`.

Too little data never makes a claim: with one seed or one row the interval is infinite.

Sources:
    Nadeau & Bengio 2003, "Inference for the generalization error", Machine Learning 52:239-281.
    Wilson 1927, JASA 22:209-212; recommended by Brown, Cai & DasGupta 2001, Statistical Science 16:101-133.
    Bonett & Price 2012, "Adjusted Wald confidence interval for a difference of binomial proportions based on paired data",
    JEBS 37:479-488. Efron & Tibshirani 1993, "An introduction to the bootstrap", chapter 13 (percentile interval).
    Hesterberg 2015, "What teachers should know about the bootstrap", The American Statistician 69:371-386 (expanded
    percentiles).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, nan, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from bringup.comparison.row_metrics import Floats, Metric, RowMetric, row_metric

ENTRIES_AT_ONCE = 2_000_000  # resampled rows held in memory at a time: 16 MB an array


@dataclass(frozen=True)
class Interval:
    """A figure with its confidence interval. `low` and `high` are infinite where there is too little data to bound it."""

    low: float
    mean: float
    high: float

    @property
    def half_width(self) -> float:
        """The larger distance from the figure to an end, in the figure's own unit; infinite or NaN where it is not bounded."""
        return max(self.mean - self.low, self.high - self.mean)


def _unbounded(mean: float = nan) -> Interval:
    return Interval(-inf, mean, inf)


def mean_interval(values: Sequence[float], *, level: float = 0.95) -> Interval:
    """Student's interval of the mean of independent values, such as one figure over seeds.

    Args:
        values: One figure a seed. A figure that is not finite (a run that diverged) gives an infinite interval: dropping it
            would flatter.
        level: The confidence, between 0 and 1.
    """
    return _student(np.asarray(values, dtype=np.float64), correction=0.0, level=level)


def paired_difference(
    ours: Sequence[float], theirs: Sequence[float], *, test_share: float | None = None, level: float = 0.95
) -> Interval:
    """Student's interval of the mean of `ours - theirs`, paired by seed.

    Where every seed splits the same rows anew, the figures share rows and are not independent: their plain variance is far too
    small and the plain test claims too much. Nadeau & Bengio replace 1/n by 1/n + n_test/n_train.

    Args:
        ours: One figure a seed.
        theirs: The figures of the same seeds, in the same order.
        test_share: Rows that were scored over rows that were trained on, where the seeds resplit the same rows; None where the
            split stays.
        level: The confidence, between 0 and 1.

    Returns:
        The interval of the difference. Of models that do not depend on the seed it is a point: judge these over rows, with
        `paired_bootstrap`.

    Raises:
        ValueError: The two do not have the same number of seeds, or `test_share` is negative.
    """
    if len(ours) != len(theirs):
        raise ValueError(f"figures must be paired by seed: {len(ours)} of ours and {len(theirs)} of theirs")
    if test_share is not None and test_share < 0:
        raise ValueError(f"test_share is a ratio of row counts, not {test_share}")
    mine, other = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        difference = mine - other
        rounding = 8 * np.finfo(np.float64).eps * np.maximum(np.abs(mine), np.abs(other))
        difference[np.abs(difference) <= rounding] = 0.0  # 0.1 + 0.2 is no better than 0.3
    return _student(difference, correction=test_share or 0.0, level=level)


def _student(values: Floats, *, correction: float, level: float) -> Interval:
    if not np.isfinite(values).all() or len(values) == 0:
        return _unbounded()
    mean = float(values.mean())
    if len(values) == 1:
        return _unbounded(mean)
    scale = float(values.std(ddof=1)) * sqrt(1 / len(values) + correction)
    half = float(stats.t.ppf((1 + level) / 2, len(values) - 1)) * scale
    return Interval(mean - half, mean, mean + half)


def bootstrap(
    metric: Metric, y: ArrayLike, scores: ArrayLike, *, seed: int, rounds: int = 1000, level: float = 0.95
) -> Interval:
    """The interval of a metric over test rows: another sample of rows would have given another figure.

    Rows are drawn again with replacement, and the percentiles taken, a little further out for few rows (Hesterberg's
    expansion). A share of rows (accuracy) gets Wilson's interval instead: where every row is right, resampling would return a
    point and claim certainty. Errors are skewed: on 25 rows a 95 % interval covers nearer to 90 %, from some hundred rows on
    95 %.

    Args:
        metric: `metric(y, scores)`. The metrics of `row_metrics` (and scikit-learn's functions of the same meaning) are
            vectorised; others are called once a round. Rounds for which it is undefined (it raises ValueError or returns NaN)
            are left out.
        y: The truth, one entry a row.
        scores: What the metric wants, one entry or one row of entries a row.
        seed: The same seed gives the same interval to the last digit.
        rounds: How often rows are drawn.
        level: The confidence, between 0 and 1.
    """
    truth, given = np.asarray(y), np.asarray(scores)
    _same_rows(truth, given)
    if len(truth) == 0:
        return _unbounded()
    known, mean = row_metric(metric, truth, given), float(metric(truth, given))
    if known is not None and known.share:
        return _wilson(mean, rows=len(truth), level=level)
    drawn = _resampled(known or metric, truth, (given,), seed=seed, rounds=rounds)[0]
    return _percentiles(mean, drawn, rows=len(truth), level=level)


def paired_bootstrap(
    metric: Metric, y: ArrayLike, ours: ArrayLike, theirs: ArrayLike, *, seed: int, rounds: int = 1000, level: float = 0.95
) -> Interval:
    """The interval of `metric(ours) - metric(theirs)` on the same test rows; what both find easy or hard cancels out.

    Both models are scored on the same drawn rows. For a share of rows (accuracy) the interval is Bonett & Price's: when the
    models differ on a handful of rows, resampling would claim a difference from four rows of one sign, which chance gives one
    time in eight.

    Args:
        metric: As in `bootstrap`.
        y: The truth, one entry a row.
        ours: What the metric wants, of our model.
        theirs: The same, of the other model.
        seed: The same seed gives the same interval to the last digit.
        rounds: How often rows are drawn.
        level: The confidence, between 0 and 1.
    """
    truth, mine, other = np.asarray(y), np.asarray(ours), np.asarray(theirs)
    _same_rows(truth, mine)
    _same_rows(truth, other)
    if len(truth) == 0:
        return _unbounded()
    known = row_metric(metric, truth, mine)
    mean = float(metric(truth, mine)) - float(metric(truth, other))
    if known is not None and known.share:
        return _bonett_price(mean, known.rows(truth, mine)[:, 0], known.rows(truth, other)[:, 0], level=level)
    drawn = _resampled(known or metric, truth, (mine, other), seed=seed, rounds=rounds)
    return _percentiles(mean, drawn[0] - drawn[1], rows=len(truth), level=level)


def beyond_noise(*intervals: Interval) -> bool:
    """Whether every interval leaves zero out, all on the same side. Infinite, NaN and no intervals are never beyond noise."""
    return bool(intervals) and (all(i.low > 0 for i in intervals) or all(i.high < 0 for i in intervals))


def _same_rows(truth: NDArray[np.generic], scores: NDArray[np.generic]) -> None:
    if len(truth) != len(scores):
        raise ValueError(f"truth and scores must be of the same rows: {len(truth)} and {len(scores)}")


def _wilson(share: float, *, rows: int, level: float) -> Interval:
    if not isfinite(share) or rows < 2:
        return _unbounded(share)
    z2 = float(stats.norm.ppf((1 + level) / 2)) ** 2
    centre = (share + z2 / (2 * rows)) / (1 + z2 / rows)
    half = sqrt(z2 * (share * (1 - share) / rows + z2 / (4 * rows**2))) / (1 + z2 / rows)
    return Interval(min(max(centre - half, 0.0), share), share, max(min(centre + half, 1.0), share))


def _bonett_price(mean: float, ours: Floats, theirs: Floats, *, level: float) -> Interval:
    rows = len(ours)
    if not isfinite(mean) or rows < 2:
        return _unbounded(mean)
    better, worse = (float((ours > theirs).sum()) + 1) / (rows + 2), (float((ours < theirs).sum()) + 1) / (rows + 2)
    half = float(stats.norm.ppf((1 + level) / 2)) * sqrt((better + worse - (better - worse) ** 2) / (rows + 2))
    centre = better - worse
    return Interval(min(max(centre - half, -1.0), mean), mean, max(min(centre + half, 1.0), mean))


def _resampled(
    metric: Metric | RowMetric, truth: NDArray[np.generic], scores: tuple[NDArray[np.generic], ...], *, seed: int, rounds: int
) -> list[Floats]:
    """The metric of each model in every round, all models on the same drawn rows."""
    random, rows = np.random.default_rng(seed), len(truth)
    drawn: list[list[Floats]] = [[] for _ in scores]
    parts = [metric.rows(truth, given) for given in scores] if isinstance(metric, RowMetric) else []
    at_once = max(1, ENTRIES_AT_ONCE // rows)
    for start in range(0, rounds, at_once):
        picked = random.integers(
            0, rows, size=(min(at_once, rounds - start), rows), dtype=np.int32 if rows < 2**31 else np.int64
        )
        for index, given in enumerate(scores):
            if isinstance(metric, RowMetric):
                means = np.stack([column[picked].mean(axis=1) for column in parts[index].T.copy()], axis=1)
                drawn[index].append(metric.finish(means))
            else:
                drawn[index].append(np.array([_called(metric, truth[rows_], given[rows_]) for rows_ in picked]))
    return [np.concatenate(rounds_) for rounds_ in drawn]


def _called(metric: Metric, truth: NDArray[np.generic], scores: NDArray[np.generic]) -> float:
    try:
        return float(metric(truth, scores))
    except ValueError:  # undefined on these rows: one class only, for instance
        return nan


def _percentiles(mean: float, drawn: Floats, *, rows: int, level: float) -> Interval:
    defined = drawn[np.isfinite(drawn)]
    if not isfinite(mean) or rows < 2 or len(defined) < max(2, len(drawn) / 2):
        return _unbounded(mean)
    tail = float(stats.norm.cdf(-sqrt(rows / (rows - 1)) * stats.t.ppf((1 + level) / 2, rows - 1)))
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Interval(min(float(low), mean), mean, max(float(high), mean))
