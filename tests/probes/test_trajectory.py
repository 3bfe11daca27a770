"""The shape of a loss: thousands of made curves, and the rate at which each is called by its name."""

import math

import numpy as np
import pytest

from bringup.probes import classify

CURVES = 2000
RATE = 0.99


def noise(random, size, level):
    return 1 + level * random.standard_normal(size)


def converges(random, n):
    first, floor = 10 ** random.uniform(-3, 3), random.choice([0.0, random.uniform(0, 5)])
    rate = random.uniform(6, 40) / n
    return floor + first * np.exp(-rate * np.arange(n)) * noise(random, n, random.uniform(0, 0.1)), floor


def goes_up(random, n):
    first, factor = 10 ** random.uniform(-3, 3), random.uniform(1.3, 60)
    t = np.linspace(0, 1, n)
    curve = first * (1 + (factor - 1) * t if random.random() < 0.5 else factor**t)
    return curve * noise(random, n, random.uniform(0, 0.02)), 0.0


def explodes(random, n):
    first, t = 10 ** random.uniform(-3, 3), np.linspace(0, 1, n)
    kind = random.integers(3)
    if kind == 0:
        curve = first * 10 ** (random.uniform(2.3, 30) * t**2)
    elif kind == 1:
        curve = first * np.exp(-2 * t)
        curve[random.integers(1, n) :] = math.nan
    else:
        curve = first * 3.0 ** np.arange(n)
        curve[random.integers(n // 2, n) :] = math.inf
    return curve * noise(random, n, 0.02), 0.0


def oscillates(random, n):
    first, swing = 10 ** random.uniform(-3, 3), random.uniform(0.15, 0.6)
    period = random.uniform(2, 5)
    wave = np.cos(2 * np.pi * np.arange(n) / period) if period > 2.5 else np.where(np.arange(n) % 2, 1, -1)
    return first * random.uniform(0.3, 1.05) * (1 + swing * wave) * noise(random, n, 0.03), 0.0


def plateaus(random, n):
    first, level = 10 ** random.uniform(-3, 3), random.uniform(0.1, 1.0)
    curve = level + (1 - level) * np.exp(-random.uniform(3, 30) * np.linspace(0, 1, n))
    return first * curve * noise(random, n, random.uniform(0, 0.04)), 0.0


MADE = {"converges": converges, "goes-up": goes_up, "explodes": explodes, "oscillates": oscillates, "plateaus": plateaus}


@pytest.mark.parametrize("shape", MADE)
def test_made_curves_are_called_by_their_name(shape):
    random = np.random.default_rng(0)
    right = 0
    for _ in range(CURVES):
        curve, floor = MADE[shape](random, int(random.integers(40, 400)))
        right += classify(curve, floor=floor).shape == shape
    assert right / CURVES >= RATE


@pytest.mark.parametrize("shape", MADE)
def test_the_unit_of_the_loss_does_not_matter(shape):
    random = np.random.default_rng(1)
    for _ in range(100):
        curve, floor = MADE[shape](random, 100)
        paths = [classify(curve * unit, floor=floor * unit) for unit in (1.0, 2.0**-20, 2.0**20)]
        assert len({path.shape for path in paths}) == 1
        assert paths[1].turns == paths[0].turns
        assert paths[2].falling == paths[0].falling


def test_one_odd_step_decides_nothing():
    curve = np.exp(-np.arange(200) / 20)
    for place in (30, 100, 150, 199):
        odd = curve.copy()
        odd[place] += 5
        assert classify(odd).shape == "converges"


@pytest.mark.parametrize("values", [[math.nan], [1.0, math.nan], [math.inf] * 5, [1.0, 2.0, math.nan], [1.0] * 50 + [math.inf]])
def test_no_number_explodes(values):
    assert classify(values).shape == "explodes"


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 0.5]])
def test_too_few_values(values):
    with pytest.raises(ValueError):
        classify(values)


def test_below_the_floor_is_up():
    falling = -0.7 * np.linspace(1, 60, 100)
    assert classify(falling).shape == "goes-up"
    assert classify(np.concatenate([np.linspace(0.7, 0, 50), falling])).shape == "goes-up"
    assert classify(-0.7 * np.geomspace(1, 1e6, 100)).shape == "explodes"
    assert classify(-0.7 * np.geomspace(1, 1e6, 100)).last < 0


def test_a_bad_start_is_no_measure_of_learning():
    curve = np.geomspace(1e6, 1e3, 200)
    assert classify(curve).shape == "converges"
    assert classify(curve, ignorant=2.3).shape == "plateaus"
    assert classify(np.geomspace(1e6, 1e-2, 200), ignorant=2.3).shape == "converges"


def test_still_falling():
    slow = 1 - 0.5 * np.linspace(0, 1, 300)
    assert classify(slow).shape == "plateaus"
    assert classify(slow).falling
    assert not classify(np.ones(300)).falling
    assert not classify(np.concatenate([slow, np.full(300, 0.5)])).falling


def test_numbers_are_those_of_the_curve():
    path = classify([4.0, 3.0, 2.0, 1.0, 0.5] + [0.25] * 15, floor=0.25)
    assert (path.first, path.last, path.lowest, path.highest) == (4.0, 0.25, 0.25, 4.0)
    assert path.order < 0
    assert classify([0.0] * 10).shape == "converges"
