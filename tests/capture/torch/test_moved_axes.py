"""Which views move axes, and which only split and join neighbours."""

import pytest

from bringup.capture.torch.moved_axes import moved_axes


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ((8, 3, 40), (8, 40, 3), (3, 40)),
        ((8, 32, 32, 3), (8, 3, 32, 32), (32, 32, 3)),
        ((8, 4, 10, 16), (8, 10, 64), (10,)),
        ((8, 10, 64), (8, 4, 10, 16), (10,)),
        ((2, 32, 64), (32, 128), (32,)),
        ((10, 32, 64), (32, 640), (32,)),
        ((8, 16, 4, 6), (8, 24, 16), (16,)),
        ((8, 28, 28), (8, 784), ()),
        ((32, 10, 64), (320, 64), ()),
        ((320, 64), (32, 10, 64), ()),
        ((32, 512), (32, 16, 32), ()),
        ((8, 10, 64), (8, 5, 128), ()),
        ((64, 1, 40), (64, 40, 1), ()),
        ((8, 12, 16, 17), (8, 12, 17, 16), ()),
        ((8, 7, 7), (8, 7, 7), ()),
        ((0, 3, 40), (0, 40, 3), ()),
    ],
)
def test_moved_axes(before, after, moved):
    assert moved_axes(before, after) == moved
