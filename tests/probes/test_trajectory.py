"""The shape of a loss: thousands of made curves, and the rate at which each is called by its name."""

import math
from collections import Counter

import numpy as np
import pytest
import torch

from bringup.probes import classify

CURVES = 1000  # a shape; lengths from 20 to 5000, units from 1e-6 to 1e6
# Measured on other seeds: 1.0 for all shapes but the last, of which 2 % are too calm to be called restless.
RATES = {"converges": 0.995, "plateaus": 0.995, "goes-up": 0.995, "falls-below": 0.995, "explodes": 0.995, "oscillates": 0.97}
NAMES = {"falls-below": "goes-up"}


def noise(random, size, level):
    return np.exp(level * random.standard_normal(size))


def raised(random, curve):
    """In any unit, above a floor that may be negative."""
    unit = 10 ** random.uniform(-6, 6)
    floor = random.choice([0.0, random.uniform(0, 5), -random.uniform(0, 5)]) * unit
    return curve * unit + floor, floor


def converges(random, n):
    end, t, kind = 10 ** random.uniform(-6, -2), np.linspace(0, 1, n), random.integers(3)
    if kind == 0:
        falling = np.exp(-t * random.uniform(8, 60))
    elif kind == 1:
        falling = 1 / (1 + (t * random.uniform(60, 400)) ** random.uniform(1.2, 2))
    else:  # it rests first
        start = random.uniform(0.1, 0.5)
        falling = np.where(t < start, 1.0, np.exp(-(t - start) * random.uniform(20, 80)))
    return raised(random, (end + (1 - end) * falling) * noise(random, n, random.uniform(0, 0.3)))


def plateaus(random, n):
    level, t = random.uniform(0.12, 1.0), np.linspace(0, 1, n)
    curve = level + (1 - level) * np.exp(-t * random.uniform(3, 60))
    return raised(random, curve * noise(random, n, random.uniform(0, 0.05)))


def goes_up(random, n):
    factor, t, kind = random.uniform(1.3, 60), np.linspace(0, 1, n), random.integers(3)
    if kind == 0:
        curve = 1 + (factor - 1) * t
    elif kind == 1:
        curve = factor**t
    else:  # it falls first
        low, turn = random.uniform(0.3, 0.9), random.uniform(0.05, 0.3)
        curve = np.where(t < turn, 1 - (1 - low) * t / turn, low + (factor - low) * (t - turn) / (1 - turn))
    return 10 ** random.uniform(-6, 6) * curve * noise(random, n, random.uniform(0, 0.08)), 0.0


def falls_below(random, n):
    """A loss of the wrong sign."""
    curve = 1 - random.uniform(3, 50) * np.linspace(0, 1, n) ** random.uniform(0.7, 2)
    return 10 ** random.uniform(-6, 6) * (curve + 0.02 * random.standard_normal(n)), 0.0


def explodes(random, n):
    t, kind = np.linspace(0, 1, n), random.integers(4)
    if kind == 0:
        curve = 10 ** (random.uniform(2.3, 30) * t**2)
    elif kind == 1:
        curve = np.exp(-2 * t)
        curve[random.integers(1, n) :] = math.nan
    elif kind == 2:
        curve = 3.0 ** np.minimum(np.arange(n), 400)
        curve[random.integers(n // 2, n) :] = math.inf
    else:  # a leap, from which it does not come back
        curve = np.exp(-2 * t)
        curve[random.integers(n // 5, n - n // 4) :] *= 10 ** random.uniform(3, 9)
    return 10 ** random.uniform(-6, 6) * curve * noise(random, n, 0.05), 0.0


def oscillates(random, n):
    swing, kind = random.uniform(0.2, 0.7), random.integers(3)
    period = random.uniform(2, 5)
    if kind == 0 and period > 2.5:
        wave = np.cos(2 * np.pi * np.arange(n) / period + random.uniform(0, 6))
    elif kind == 0:
        wave = np.where(np.arange(n) % 2, 1, -1)
    else:
        wave = 1.4 * random.uniform(-1, 1, n) if kind == 1 else np.where(random.random(n) < 0.4, 1, -1)
    curve = random.uniform(0.3, 1.05) * np.clip(1 + swing * wave, 0.02, None)
    return 10 ** random.uniform(-6, 6) * curve * noise(random, n, 0.05), 0.0


MADE = {
    "converges": converges,
    "plateaus": plateaus,
    "goes-up": goes_up,
    "falls-below": falls_below,
    "explodes": explodes,
    "oscillates": oscillates,
}


@pytest.mark.slow
@pytest.mark.parametrize("shape", MADE)
def test_made_curves_are_called_by_their_name(shape):
    random = np.random.default_rng(0)
    called = Counter()
    for _ in range(CURVES):
        curve, floor = MADE[shape](random, int(10 ** random.uniform(math.log10(20), math.log10(5000))))
        called[classify(curve, floor=floor).shape] += 1
    assert called[NAMES.get(shape, shape)] / CURVES >= RATES[shape], called


def trained(loss, error, rate, steps=200, momentum=0.0):
    """The error of a small network at each step of gradient descent on one batch."""
    torch.manual_seed(0)
    x, noisy = torch.randn(32, 4), torch.randn(32, 1)
    y = x[:, :1] * x[:, 1:2] + 0.1 * noisy
    model = torch.nn.Sequential(torch.nn.Linear(4, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)
    values = []
    for _ in range(steps):
        given = model(x)
        values.append(float(error(given, y).detach()))
        optimizer.zero_grad()
        loss(given, y).backward()
        optimizer.step()
    return values


def squared(given, y):
    return ((given - y) ** 2).mean()


TRAININGS = {
    "converges": lambda: trained(squared, squared, 0.1, steps=1500, momentum=0.9),
    "plateaus": lambda: trained(lambda given, y: squared(given, y) * 1e-6, squared, 0.05),
    "goes-up": lambda: trained(lambda given, y: -squared(given, y), squared, 0.003, steps=100),
    "explodes": lambda: trained(squared, squared, 50.0),
    "oscillates": lambda: trained(lambda given, y: (given - y).abs().mean(), lambda given, y: (given - y).abs().mean(), 0.8),
}


@pytest.mark.parametrize("shape", TRAININGS)
def test_trainings_are_called_by_their_name(shape):
    path = classify(TRAININGS[shape]())
    assert path.shape == shape, path


@pytest.mark.parametrize("shape", MADE)
def test_the_unit_of_the_loss_does_not_matter(shape):
    random = np.random.default_rng(1)
    for _ in range(100):
        curve, floor = MADE[shape](random, 100)
        paths = [classify(curve * unit, floor=floor * unit) for unit in (1.0, 2.0**-6, 2.0**6)]
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
