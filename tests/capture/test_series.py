"""Series in bounded memory."""

from hypothesis import given
from hypothesis import strategies as st

from bringup.capture.series import MOST, Growing


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
