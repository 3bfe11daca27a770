"""Columns measured one at a time, and the target."""

import math

import numpy as np
import polars as pl
import pytest

from bringup.data.profile.columns import column_facts, profile, spelling_variants, target_facts
from bringup.data.schema import Column, Schema


def measured(values, dtype="float", role="number"):
    return column_facts(pl.Series("x", values), Column(name="x", role=role, dtype=dtype), (0, ()), {})


def test_moments_and_counts():
    facts = measured([0.0, 1.0, 2.0, 5.0, None, float("nan"), math.inf, -math.inf])
    assert (facts.rows, facts.missing, facts.infinite, facts.zeros, facts.negatives) == (8, 2, 2, 1, 0)
    assert facts.mean == 2.0
    assert facts.std == pytest.approx(np.std([0, 1, 2, 5]))
    assert (facts.minimum, facts.maximum, facts.unit_gap) == (0.0, 5.0, 1.0)
    assert len(facts.quantiles) == 7
    assert facts.quantiles[3] in (1.0, 2.0)


@pytest.mark.parametrize("values", [[], [None, None], [float("nan")], [math.inf]])
def test_nothing_to_measure(values):
    series = pl.Series("x", values, dtype=pl.Float64)
    facts = column_facts(series, Column(name="x", role="number", dtype="float"), (0, ()), {})
    assert facts.mean is None
    assert facts.top == ()


def test_a_zero_that_stands_apart():
    random = np.random.default_rng(0)
    values = np.append(random.uniform(20, 60, 500).round(1), [0.0] * 7)
    (apart,) = measured(values).apart
    assert (apart.value, apart.count) == (0.0, 7)
    assert apart.gap == pytest.approx(values[values > 0].min())
    assert apart.rest_mean == pytest.approx(values[values > 0].mean())
    assert apart.rest_std == pytest.approx(values[values > 0].std())


def test_counters_have_nothing_apart():
    assert measured(list(range(200)), dtype="int").apart == ()


def test_text():
    facts = measured(["a", "b ", "a", None], dtype="string", role="category")
    assert (facts.missing, facts.distinct, facts.padded) == (1, 2, 1)
    assert facts.top[0] == ("a", 2)


def test_dates():
    days = pl.date_range(pl.date(2024, 1, 1), pl.date(2024, 1, 10), eager=True)
    facts = column_facts(days.alias("x"), Column(name="x", role="date", dtype="date"), (0, ()), {})
    assert facts.increasing
    assert facts.maximum is not None
    assert facts.minimum is not None
    assert facts.maximum - facts.minimum == 9 * 86_400


@pytest.mark.parametrize(
    ("texts", "groups"),
    [
        (["Male", "male ", "Female"], 1),
        ([">50K", ">50K.", "<=50K"], 1),
        (["a  b", "A b"], 1),
        (["1", "2", "1.5"], 0),
        ([".", " ", "..."], 0),
    ],
)
def test_variants(texts, groups):
    assert len(spelling_variants(texts)) == groups


def test_the_digest_knows_values_and_order():
    assert measured([1.0, 2.0]).digest == measured([1.0, 2.0]).digest
    assert measured([1.0, 2.0]).digest != measured([2.0, 1.0]).digest
    assert measured(["a", "bc"], dtype="string").digest != measured(["ab", "c"], dtype="string").digest
    assert measured([None, "a"], dtype="string").digest != measured(["", "a"], dtype="string").digest


def target_of(values, task, dtype):
    frame = pl.DataFrame({"y": values})
    return target_facts(frame, Schema(columns=(Column(name="y", role="target", dtype=dtype),)), task)


def test_target_classes_by_frequency_then_name():
    facts = target_of(["b", "a", "b", "a", "c", None], "classification", "string")
    assert facts.classes == (("a", 2), ("b", 2), ("c", 1))
    assert (facts.rows, facts.missing) == (6, 1)


def test_likeness_of_neighbours():
    random = np.random.default_rng(0)
    shuffled = random.choice(["a", "b"], 2000)
    assert abs(target_of(shuffled, "classification", "string").neighbours) < 0.1
    assert target_of(np.sort(shuffled), "classification", "string").neighbours > 0.99
    amounts = random.normal(size=2000)
    assert abs(target_of(amounts, "regression", "float").neighbours) < 0.1
    assert target_of(np.sort(amounts), "regression", "float").neighbours > 0.95
    assert target_of(["a", "a", "a"], "classification", "string").neighbours is None


def test_target_amount():
    facts = target_of([1.0, 2.0, 9.0, None, math.inf], "regression", "float")
    assert (facts.missing, facts.infinite, facts.minimum, facts.maximum) == (1, 1, 1.0, 9.0)
    assert facts.skewness > 0


def test_ten_thousand_columns():
    random = np.random.default_rng(0)
    frame = pl.DataFrame(random.normal(size=(200, 10_000)), schema=[f"x{place}" for place in range(10_000)])
    schema = Schema(columns=tuple(Column(name=name, role="number", dtype="float") for name in frame.columns))
    assert len(profile(frame, schema)) == 10_000
