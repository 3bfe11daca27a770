"""Series in bounded memory."""

import math

from hypothesis import given
from hypothesis import strategies as st

from bringup.capture.series import MOST, Curve, Growing


@given(st.integers(0, 40_000))
def test_bounded_evenly_spaced_and_the_last_is_kept(count):
    series = Growing()
    for step in range(count):
        series.add(step, 2.0 * step)
    frozen = series.frozen()
    assert len(frozen) <= MOST + 1
    assert all(value == 2.0 * step for step, value in zip(frozen.steps, frozen.values, strict=True))
    assert list(frozen.steps) == sorted(set(frozen.steps))
    if count:
        assert frozen.steps[0] == 0
        assert frozen.steps[-1] == count - 1
    if count <= MOST:
        assert len(frozen) == count


def test_a_curve_has_the_mean_of_each_step_and_the_extremes_of_all():
    curve = Curve()
    for step, value in ((0, 4.0), (0, 2.0), (1, -5.0), (2, 1.0)):
        curve.add(step, value)
    assert curve.frozen().steps == (0, 1, 2)
    assert curve.frozen().values == (3.0, -5.0, 1.0)
    assert (curve.first, curve.largest, curve.last) == (4.0, 5.0, 1.0)


def test_a_value_that_is_not_finite_is_in_the_series_and_in_nothing_else():
    curve = Curve()
    for step, value in ((0, 1.0), (1, math.inf), (2, math.nan)):
        curve.add(step, value)
    assert curve.frozen().values[1] == math.inf
    assert math.isnan(curve.frozen().values[2])
    assert (curve.first, curve.largest, curve.last) == (1.0, 1.0, 1.0)


@given(st.lists(st.lists(st.tuples(st.integers(0, 2), st.floats(-9, 9))), max_size=8), st.integers(0, 3 * MOST))
def test_values_that_wait_are_added_as_those_that_do_not(batches, begun):
    waited, added, step = Curve(), Curve(), 0
    for step in range(begun):
        for curve in (waited, added):
            curve.waiting.append((step, 1.0))
    for curve in (waited, added):
        curve.settle()
    for batch in batches:
        for further, value in batch:
            step += further
            waited.waiting.append((step, value))
            added.add(step, value)
        waited.settle()
    assert waited.frozen() == added.frozen()
    assert (waited.first, waited.largest, waited.last) == (added.first, added.largest, added.last)


def test_a_curve_can_be_read_and_goes_on():
    read, unread = Curve(), Curve()
    for step in range(10):
        read.add(step, float(step))
        read.frozen()
        unread.add(step, float(step))
    assert read.frozen() == unread.frozen()
