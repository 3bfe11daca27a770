"""The test error taken apart: the parts add up, and each estimate is near the truth where the truth is known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from bringup.diagnosis import error_split
from bringup.diagnosis.error_split import ACTIONS, neighbour_floor, shift_weights, split_error

ERROR = st.floats(0, 1)


@given(train=ERROR, validation=ERROR, weighted=ERROR, test=ERROR, irreducible=st.floats(-0.5, 2), noise=st.floats(0, 0.2))
def test_the_parts_add_up(train, validation, weighted, test, irreducible, noise):
    found = split_error(
        metric="m", train=train, validation=validation, weighted=weighted, test=test, irreducible=irreducible, noise=noise
    )
    assert math.fsum(part.value for part in found.parts) == pytest.approx(test, abs=1e-12)
    assert found.total == test
    assert 0 <= found.parts[0].value <= train
    assert found.parts[1].value >= 0
    assert found.next_action == ACTIONS[found.dominant]
    for part in found.parts:
        assert part.low is not None
        assert part.high is not None
        assert part.low <= part.value <= part.high


@pytest.mark.parametrize(
    ("dominant", "errors"),
    [
        ("avoidable-bias", {"train": 0.3, "validation": 0.31, "weighted": 0.31, "test": 0.31, "irreducible": 0.02}),
        ("variance", {"train": 0.02, "validation": 0.3, "weighted": 0.3, "test": 0.3, "irreducible": 0.02}),
        ("shift", {"train": 0.02, "validation": 0.05, "weighted": 0.3, "test": 0.3, "irreducible": 0.02}),
        ("validation-overfit", {"train": 0.02, "validation": 0.05, "weighted": 0.05, "test": 0.3, "irreducible": 0.02}),
        ("irreducible", {"train": 0.2, "validation": 0.21, "weighted": 0.21, "test": 0.215, "irreducible": 0.19}),
    ],
)
def test_the_largest_part_beyond_noise_leads(dominant, errors):
    assert split_error(metric="m", noise=0.02, **errors).dominant == dominant


@pytest.mark.parametrize("distance", [0.5, 1.0, 2.0, 3.0])
def test_the_floor_is_near_the_bayes_error_of_two_gaussians(distance):
    random = np.random.default_rng(0)
    y = random.integers(0, 2, 5000)
    x = random.normal(size=(5000, 2))
    x[:, 0] += distance * y
    bayes = norm.cdf(-distance / 2)
    found = neighbour_floor(x, y, classes=2, seed=0)
    assert found == pytest.approx(bayes, abs=0.06)
    assert found <= bayes + 0.02  # it is a lower bound


def test_the_floor_of_classes_at_the_edges():
    random = np.random.default_rng(0)
    x = random.normal(size=(3000, 2))
    assert neighbour_floor(x, (x[:, 0] > 0).astype(int), classes=2, seed=0) < 0.03
    assert neighbour_floor(x, random.integers(0, 4, 3000), classes=4, seed=0) == pytest.approx(0.75, abs=0.12)
    assert neighbour_floor(x[:1], np.array([0]), classes=2, seed=0) == 0


@pytest.mark.parametrize("noise", [0.1, 0.5, 1.0])
def test_the_floor_of_values_is_the_share_of_noise(noise):
    random = np.random.default_rng(0)
    x = random.uniform(-2, 2, size=(5000, 1))
    clean = np.sin(2 * x[:, 0])
    y = clean + noise * random.normal(size=5000)
    assert neighbour_floor(x, y, classes=0, seed=0) == pytest.approx(noise**2 / (clean.var() + noise**2), abs=0.03)
    assert neighbour_floor(x, np.ones(5000), classes=0, seed=0) == 0


def test_equal_rows_are_neighbours():
    x = np.zeros((400, 3))
    y = np.arange(400) % 2
    assert neighbour_floor(x, y, classes=2, seed=0) > 0.2


def test_no_shift_gives_even_weights():
    random = np.random.default_rng(0)
    uneven = 0
    for rows in (60, 100, 200, 500, 2000) * 3:
        weights = shift_weights(random.normal(size=(rows, 4)), random.normal(size=(rows, 4)), seed=0)
        assert len(weights) == rows
        uneven += bool((weights != 1).any())
    assert uneven == 0


@pytest.mark.parametrize("most", [20_000, 700])
def test_weights_undo_a_shift(most, monkeypatch):
    monkeypatch.setattr(error_split, "SHIFT_MOST", most)
    random = np.random.default_rng(0)
    validation, test = random.normal(size=(2000, 2)), random.normal(size=(2000, 2))
    test[:, 0] += 1
    error = lambda x: (x[:, 0] > 0.5) * 0.6  # noqa: E731 - worse to the right, where test rows are
    weights = shift_weights(validation, test, seed=0)
    assert weights.mean() == pytest.approx(1)
    assert (weights >= 0).all()
    plain, weighted, truth = error(validation).mean(), np.average(error(validation), weights=weights), error(test).mean()
    assert abs(weighted - truth) < 0.3 * abs(plain - truth)
    assert np.array_equal(weights, shift_weights(validation, test, seed=0))


def test_missing_values_and_few_rows():
    random = np.random.default_rng(0)
    holes = np.where(random.random((300, 2)) < 0.3, np.nan, random.normal(size=(300, 2)))
    assert np.isfinite(shift_weights(holes, holes + 3, seed=0)).all()
    assert shift_weights(holes[:49], holes, seed=0).tolist() == [1] * 49
