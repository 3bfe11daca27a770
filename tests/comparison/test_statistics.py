"""Intervals cover what they say, make no claims out of nothing, and are fast."""

import math
import time
import warnings
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.comparison import row_metrics
from bringup.comparison.row_metrics import accuracy, mae, r2, rmse
from bringup.comparison.statistics import (
    Interval,
    beyond_noise,
    bootstrap,
    mean_interval,
    paired_bootstrap,
    paired_difference,
)

FIGURES = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=12)


def covered(interval: Interval, truth: float) -> bool:
    return interval.low <= truth <= interval.high


# -- over seeds


def test_paired_difference_is_students_interval():
    interval = paired_difference([3.0, 4.0, 5.0], [1.0, 1.0, 1.0])
    half = 4.302652729911275 * 1.0 / math.sqrt(3)  # t(0.975, 2 degrees of freedom)
    assert interval.mean == pytest.approx(3.0)
    assert (interval.low, interval.high) == (pytest.approx(3 - half), pytest.approx(3 + half))
    assert interval.half_width == pytest.approx(half)


def test_resplitting_widens_by_nadeau_and_bengio():
    ours, theirs = [0.9, 0.8, 0.85, 0.87], [0.8, 0.79, 0.8, 0.81]
    fixed, resplit = paired_difference(ours, theirs), paired_difference(ours, theirs, test_share=0.25)
    assert resplit.mean == fixed.mean
    assert resplit.half_width / fixed.half_width == pytest.approx(math.sqrt((1 / 4 + 0.25) / (1 / 4)))


@pytest.mark.parametrize("seeds", [2, 3, 5, 10])
def test_false_claims_over_seeds_are_as_rare_as_promised(seeds):
    random = np.random.default_rng(seeds)
    draws = random.normal(0.8, 0.01, size=(4000, 2, seeds))
    claims = np.mean([beyond_noise(paired_difference(ours, theirs)) for ours, theirs in draws])
    assert claims <= 0.06


@pytest.mark.parametrize("seeds", [3, 8])
def test_interval_over_seeds_covers_the_true_difference(seeds):
    draws = np.random.default_rng(seeds).normal(size=(4000, 2, seeds)) * 0.01 + np.array([[0.85], [0.80]])
    coverage = np.mean([covered(paired_difference(ours, theirs), 0.05) for ours, theirs in draws])
    assert 0.94 <= coverage <= 0.96
    of_mean = np.mean([covered(mean_interval(pair[0]), 0.85) for pair in draws])
    assert 0.94 <= of_mean <= 0.96


def resplit_figures(random: np.random.Generator, *, seeds: int = 10, rows: int = 100, held_out: int = 20) -> np.ndarray:
    """Squared errors of two equally good one-feature regressions over random splits of one sample: shape (2, seeds)."""
    x = random.normal(size=(2, rows))
    y = x.sum(axis=0) + random.normal(size=rows)
    figures = np.empty((2, seeds))
    for seed in range(seeds):
        order = random.permutation(rows)
        test, train = order[:held_out], order[held_out:]
        for model in range(2):
            slope = (x[model, train] @ y[train]) / (x[model, train] @ x[model, train])
            figures[model, seed] = -np.mean((y[test] - slope * x[model, test]) ** 2)
    return figures


def test_resplit_seeds_claim_too_much_without_the_correction_and_not_with_it():
    random = np.random.default_rng(5)
    samples = [resplit_figures(random) for _ in range(800)]
    plain = np.mean([beyond_noise(paired_difference(*sample)) for sample in samples])
    corrected = np.mean([beyond_noise(paired_difference(*sample, test_share=20 / 80)) for sample in samples])
    assert plain > 0.15
    assert corrected <= 0.06


@given(FIGURES, st.floats(0.001, 1000), st.sampled_from([None, 0.25]))
def test_difference_is_symmetric_and_scales(figures, scale, share):
    theirs = figures[::-1]
    interval = paired_difference(figures, theirs, test_share=share)
    turned = paired_difference(theirs, figures, test_share=share)
    assert (turned.low, turned.mean, turned.high) == pytest.approx((-interval.high, -interval.mean, -interval.low))
    scaled = paired_difference([scale * f for f in figures], [scale * f for f in theirs], test_share=share)
    expected = (scale * interval.low, scale * interval.mean, scale * interval.high)
    assert (scaled.low, scaled.mean, scaled.high) == pytest.approx(expected, rel=1e-6, abs=1e-9 * max(1, scale))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ([0.9], [0.1]),
        ([], []),
        ([0.9, math.nan], [0.1, 0.1]),
        ([math.inf, math.inf], [math.inf, 0.0]),
        ([0.1 + 0.2] * 3, [0.3] * 3),
    ],
)
def test_too_little_is_no_claim(ours, theirs):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not beyond_noise(paired_difference(ours, theirs))
        assert not beyond_noise(mean_interval(ours)) or len(ours) > 1


def test_unpaired_seeds_are_refused():
    with pytest.raises(ValueError, match="paired"):
        paired_difference([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="ratio"):
        paired_difference([1.0, 2.0], [1.0, 2.0], test_share=-0.1)


def test_a_claim_needs_every_interval_on_one_side():
    better, worse, unclear = Interval(0.1, 0.2, 0.3), Interval(-0.3, -0.2, -0.1), Interval(-0.1, 0.1, 0.3)
    assert beyond_noise(better)
    assert beyond_noise(worse)
    assert beyond_noise(better, better)
    assert not beyond_noise(better, worse)
    assert not beyond_noise(better, unclear)
    assert not beyond_noise()
    assert not beyond_noise(Interval(math.nan, math.nan, math.nan))


# -- over test rows


def labels(random: np.random.Generator, rows: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    y = random.integers(0, 3, rows)
    return y, np.where(random.random(rows) < share, y, (y + 1) % 3)


@pytest.mark.parametrize(("rows", "share"), [(30, 0.9), (100, 0.7), (1000, 0.95)])
def test_interval_of_accuracy_covers_the_true_accuracy(rows, share):
    random = np.random.default_rng(rows)
    coverage = np.mean([covered(bootstrap(accuracy, *labels(random, rows, share), seed=0), share) for _ in range(2000)])
    assert 0.925 <= coverage <= 0.985  # rows are whole: the coverage moves in steps


def test_all_rows_right_is_not_certainty():
    y = np.arange(36) % 3
    interval = bootstrap(accuracy, y, y, seed=0)
    assert (interval.mean, interval.high) == (1.0, 1.0)
    assert 0.88 < interval.low < 0.92


@pytest.mark.parametrize("metric", [rmse, mae, r2], ids=lambda metric: metric.name)
@pytest.mark.parametrize("rows", [25, 200])
def test_interval_of_an_error_covers_the_true_error(metric, rows):
    truth = {"rmse": 1.0, "mae": math.sqrt(2 / math.pi), "r2": 0.8}[metric.name]
    random = np.random.default_rng(rows)
    hits = 0
    for _ in range(600):
        predicted = random.normal(0, 2, rows)
        interval = bootstrap(metric, predicted + random.normal(size=rows), predicted, seed=1, rounds=400)
        hits += covered(interval, truth)
    assert hits / 600 >= (0.87 if rows < 100 else 0.925)  # errors are skewed: percentiles fall short on few rows


def test_false_claims_between_equal_models_are_rare_on_few_and_many_rows():
    random = np.random.default_rng(3)
    for rows, share in ((40, 0.9), (300, 0.8)):
        claims = 0
        for _ in range(2000):
            y = np.zeros(rows, dtype=int)
            ours, theirs = (random.random((2, rows)) > share).astype(int)
            claims += beyond_noise(paired_bootstrap(accuracy, y, ours, theirs, seed=0))
        assert claims / 2000 <= 0.06, rows
    claims = 0
    for _ in range(600):
        y = random.normal(size=80)
        ours, theirs = y + random.normal(size=(2, 80))
        claims += beyond_noise(paired_bootstrap(rmse, y, ours, theirs, seed=0, rounds=400))
    assert claims / 600 <= 0.07  # 600 tries of 5 % stay below 7 % in 98 of 100 cases


def test_a_real_difference_is_seen_where_pairing_removes_the_noise():
    random = np.random.default_rng(4)
    y = random.normal(0, 10, 400)
    hard = random.normal(0, 5, 400)  # what both models cannot know
    ours, theirs = y + hard, y + hard + random.normal(0, 2.5, 400)
    alone, other = bootstrap(rmse, y, ours, seed=0), bootstrap(rmse, y, theirs, seed=0)
    assert alone.high > other.low
    assert beyond_noise(paired_bootstrap(rmse, y, ours, theirs, seed=0))


@settings(max_examples=30)
@given(st.integers(0, 2**31), st.integers(2, 60), st.floats(0.01, 100))
def test_paired_bootstrap_is_symmetric_deterministic_and_scales(seed, rows, scale):
    random = np.random.default_rng(seed)
    y, ours, theirs = random.normal(size=(3, rows))
    interval = paired_bootstrap(rmse, y, ours, theirs, seed=seed, rounds=50)
    assert interval == paired_bootstrap(rmse, y, ours, theirs, seed=seed, rounds=50)
    turned = paired_bootstrap(rmse, y, theirs, ours, seed=seed, rounds=50)
    assert (turned.low, turned.high) == pytest.approx((-interval.high, -interval.low))
    scaled = paired_bootstrap(rmse, scale * y, scale * ours, scale * theirs, seed=seed, rounds=50)
    assert (scaled.low, scaled.high) == pytest.approx((scale * interval.low, scale * interval.high))
    same = paired_bootstrap(rmse, y, ours, ours, seed=seed, rounds=50)
    assert (same.low, same.mean, same.high) == (0, 0, 0)


@pytest.mark.parametrize(
    ("ours", "name"),
    [(accuracy, "accuracy_score"), (r2, "r2_score"), (mae, "mean_absolute_error"), (rmse, "root_mean_squared_error")],
)
def test_row_metrics_agree_with_scikit_learn_and_are_used_for_it(ours, name):
    from sklearn import metrics

    theirs = getattr(metrics, name)
    random = np.random.default_rng(0)
    y = random.integers(0, 4, 50) if ours is accuracy else random.normal(1e6, 1, 50)
    scores = random.permutation(y) if ours is accuracy else y + random.normal(size=50)
    assert ours(y, scores) == pytest.approx(theirs(y, scores))
    assert row_metrics.row_metric(theirs, y, scores) is ours
    drawn = bootstrap(theirs, y, scores, seed=0, rounds=60)
    slow = bootstrap(partial(theirs), y, scores, seed=0, rounds=60)
    if ours is not accuracy:
        assert (drawn.low, drawn.high) == pytest.approx((slow.low, slow.high))


def test_any_metric_can_be_resampled_and_undefined_rounds_are_left_out():
    from sklearn.metrics import balanced_accuracy_score

    def positives_right(y, scores):
        if not y.any():
            raise ValueError("no positives")
        return float(scores[y == 1].mean())

    random = np.random.default_rng(0)
    y = (np.arange(60) < 4).astype(int)
    interval = bootstrap(positives_right, y, random.random(60), seed=0, rounds=300)
    assert 0 <= interval.low < interval.mean < interval.high <= 1
    names = np.array(["a", "b"])[random.integers(0, 2, 60)]
    assert bootstrap(balanced_accuracy_score, names, names, seed=0, rounds=20).mean == 1.0
    assert not beyond_noise(bootstrap(lambda y, s: math.nan, y, y, seed=0, rounds=20))
    constant = bootstrap(r2, np.ones(10), np.zeros(10), seed=0, rounds=20)
    assert (constant.low, constant.high) == (-math.inf, math.inf)


@pytest.mark.parametrize("metric", [accuracy, rmse])
def test_one_row_and_none_are_no_claim(metric):
    for rows in (0, 1):
        y = np.ones(rows)
        interval = bootstrap(metric, y, y, seed=0)
        assert (interval.low, interval.high) == (-math.inf, math.inf)
        assert not beyond_noise(paired_bootstrap(metric, y, y, 1 - y, seed=0))
    with pytest.raises(ValueError, match="same rows"):
        bootstrap(metric, [1, 2], [1], seed=0)


def test_ten_thousand_rows_a_thousand_times_take_less_than_a_second():
    random = np.random.default_rng(0)
    y = random.normal(size=10_000)
    scores = y + random.normal(size=10_000)
    for metric, truth, given_ in ((r2, y, scores), (accuracy, y > 0, scores > 0)):
        taken = []
        for _ in range(3):
            start = time.process_time()  # of this process: other tests run beside it
            bootstrap(metric, truth, given_, seed=0)
            taken.append(time.process_time() - start)
        assert min(taken) < 1.0
