"""Which steps are looked at is a matter of their numbers alone."""

from bringup.capture.thinning import FIRST, WIDTH, in_detail, in_window


def test_a_close_look_begins_a_window():
    for step in range(30_000):
        if in_detail(step):
            assert all(in_window(step + after) for after in range(WIDTH))


def test_windows_get_rarer():
    assert all(in_window(step) for step in range(FIRST))
    assert sum(in_window(step) for step in range(FIRST, 1020)) < 50
    assert sum(in_window(step) for step in range(50_000, 60_000)) == 10 * WIDTH
