"""Which steps are looked at is a matter of their numbers alone."""

from bringup.capture.thinning import (
    FIRST,
    RARE,
    WIDTH,
    breathes,
    counts_breath,
    in_detail,
    in_window,
    is_told,
    next_breath,
    next_look,
    next_told,
)


def test_a_close_look_begins_a_window():
    for step in range(30_000):
        if in_detail(step):
            assert all(in_window(step + after) for after in range(WIDTH))


def test_windows_get_rarer():
    assert all(in_window(step) for step in range(FIRST))
    assert sum(in_window(step) for step in range(FIRST, 1020)) < 50
    assert sum(in_window(step) for step in range(50_000, 60_000)) == 10 * WIDTH


def test_the_step_before_a_window_is_told_so_that_what_it_left_can_be_noted():
    for step in range(FIRST, 3000):
        if in_window(step):
            assert is_told(step)
            assert is_told(step - 1)


def test_the_next_step_that_is_told_is_never_far():
    for step in range(5000):
        after = next_told(step)
        assert is_told(after)
        assert step < after <= min(7 * max(step, FIRST), step + RARE)
        assert not any(is_told(between) for between in range(step + 1, after))


def test_the_next_step_that_breathes_is_the_first():
    for step in range(200):
        after = next_breath(step)
        assert after > step
        assert breathes(after)
        assert not any(breathes(between) for between in range(step + 1, after))


def test_no_step_with_something_to_do_is_passed_over():
    for step in range(3000):
        after = next_look(step)
        assert after > step
        assert is_told(after) or breathes(after) or counts_breath(after)
        assert not any(is_told(s) or breathes(s) or counts_breath(s) for s in range(step + 1, after))
