"""Numbers for people."""

import math

import pytest

from bringup.findings import Measurement
from bringup.report import numbers


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "–"), (True, "yes"), (0, "0"), (32561, "32,561"), (-7, "−7"), (0.8709, "0.871"), (38.5816, "38.58"),
        (189778.37, "189,778"),
        (5.0, "5"), (0.00312, "0.00312"), (1.234e-5, "1.2e-5"), (-0.25, "−0.250"),
        (1e20, "1e20"), (10**30, "1e30"), (math.nan, "NaN"),
        (-math.inf, "−∞"), ("text", "text"), (403.02, "403.0"),
    ],
)  # fmt: skip
def test_number(value, said):
    assert numbers.number(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0 s"),
        (0.012, "12 ms"),
        (1.23, "1.2 s"),
        (59.96, "1 min 00 s"),
        (134, "2 min 14 s"),
        (3900, "1 h 05 min"),
        (None, "–"),
    ],
)
def test_seconds(value, said):
    assert numbers.seconds(value) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0 B"), (999, "999 B"), (999_600, "1.0 MB"), (41_300_000, "41 MB"), (1_500, "1.5 kB")]
)
def test_size(value, said):
    assert numbers.size(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0 %"),
        (0.0001, "<0.1 %"),
        (0.0564, "5.6 %"),
        (0.759, "76 %"),
        (0.992, "99.2 %"),
        (0.9999, ">99.9 %"),
        (1.0, "100 %"),
    ],
)
def test_percent(value, said):
    assert numbers.percent(value) == said


def test_percent_of_nothing():
    assert numbers.percent(1, 0) == "–"


def test_an_interval_with_a_negative_bound_is_not_written_with_a_dash():
    assert numbers.interval(0.866, 0.876) == "0.866–0.876"
    assert numbers.interval(-0.002, 0.004) == "−0.002 to 0.004"
    assert numbers.interval(None, 1.0) == ""


def test_units():
    assert numbers.measured(Measurement(name="n", value=26, unit="rows", limit=5)) == "26 rows"
    assert numbers.limit(Measurement(name="n", value=26, unit="rows", limit=5)) == "5 rows"
    assert numbers.limit(Measurement(name="n", value=26)) == ""
    assert numbers.quantity(2, "row") == "2 rows"
    assert numbers.quantity(1, "row") == "1 row"
    assert numbers.quantity(3, "class") == "3 classes"
    assert numbers.quantity(1.5, "nat") == "1.50 nat"
    assert numbers.quantity(1.0, "share") == "100 %"
    assert numbers.quantity(1234567, "bytes") == "1.2 MB"
    assert numbers.quantity(0.25, "s") == "0.2 s"
