"""Windows of one series in two parts."""

import numpy as np
import pytest

from bringup.capture.analysis.overlap import overlapping

STEPS = 24


@pytest.fixture
def series():
    return np.random.default_rng(0).normal(size=(12, 150, 2)).cumsum(axis=1)


def cut(series: np.ndarray, stride: int = 3) -> np.ndarray:
    """Windows [rows, steps, channels], those of one series after the other."""
    starts = range(0, series.shape[1] - STEPS + 1, stride)
    return np.stack([one[start : start + STEPS] for one in series for start in starts]).astype(np.float32)


@pytest.mark.parametrize("layout", ["one channel", "channels last", "channels first"])
@pytest.mark.parametrize("stride", [1, 3, STEPS // 2])
def test_windows_parted_by_chance_overlap(series, layout, stride):
    windows = cut(series, stride)
    windows = {"one channel": windows[:, :, 0], "channels last": windows, "channels first": windows.transpose(0, 2, 1)}[layout]
    order = np.random.default_rng(1).permutation(len(windows))
    held_out = len(windows) // 5
    assert overlapping(windows[order[held_out:]], windows[order[:held_out]]) > 0.5


def test_series_parted_first_do_not(series):
    assert overlapping(cut(series[:8]), cut(series[8:])) == 0


@pytest.mark.parametrize("backwards", [False, True])
def test_time_parted_first_has_neighbours_on_one_side_alone(series, backwards):
    windows = [cut(one[None]) for one in series]
    train, test = (np.concatenate([part[rows] for part in windows]) for rows in (slice(0, 32), slice(32, None)))
    assert overlapping(*((test, train) if backwards else (train, test))) == 0


def test_the_scale_does_not_matter_where_it_is_the_same(series):
    windows = (cut(series) - 3) / 1e4
    assert overlapping(windows[::2], windows[1::2]) > 0.9


@pytest.mark.parametrize("values", [2, 5])
def test_few_values_are_equal_by_accident(values):
    random = np.random.default_rng(0)
    train, test = (random.integers(0, values, (900, 40)).astype(float) for _ in range(2))
    assert overlapping(train, test) < 0.1


@pytest.mark.parametrize("shape", [(50, 6), (50, 1, 8, 8), (50,)])
def test_what_is_no_series_has_no_windows(shape):
    rows = np.random.default_rng(0).normal(size=shape)
    assert overlapping(rows, rows) == 0


def test_windows_whose_middle_is_missing_share_nothing(series):
    windows = cut(series)
    windows[:, 4:20] = np.nan
    assert overlapping(windows[::2], windows[1::2]) == 0


def test_a_value_far_off_is_no_trouble(series):
    windows = cut(series).astype(np.float64)
    for value in (np.inf, 1e300):
        windows[3, 2] = value
        assert overlapping(windows[::2], windows[1::2]) > 0.8
    windows[2, 2] = 1e300
    assert overlapping(windows[::2], windows[1::2]) == 0  # next to what was trained on there, nothing can be told apart


def test_missing_and_constant_values():
    rows = np.full((30, 20), np.nan)
    assert overlapping(rows, rows) == 0
    assert overlapping(np.ones((30, 20)), np.ones((30, 20))) == 0
    assert overlapping(np.ones((30, 20)), np.ones((0, 20))) == 0
