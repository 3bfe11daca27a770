"""Zeros that are no amounts, and zeros that are."""

import numpy as np
import polars as pl
import pytest

from bringup.checks.features.hidden_missing import HiddenMissing
from bringup.data.profile.columns import column_facts
from bringup.data.schema import Column
from bringup.record import Record

RANDOM = np.random.default_rng(0)


def severities(values):
    facts = column_facts(pl.Series("x", values), Column(name="x", role="number", dtype="float"), (0, ()), {})
    return [finding.severity.value for finding in HiddenMissing().detect(Record(columns=(facts,)))]


def with_zeros(values, count, code=0.0):
    return np.append(values, np.full(count, code))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (with_zeros(RANDOM.normal(72, 12, 700).round().clip(24), 35), ["warning"]),  # blood pressure
        (with_zeros(RANDOM.normal(72, 12, 700).round().clip(24), 35, code=-1.0), ["warning"]),
        (with_zeros(RANDOM.lognormal(4.8, 0.6, 400).round().clip(14), 370), ["note"]),  # insulin: unknown in half of the rows
        (with_zeros(RANDOM.exponential(3, 700).round(2), 35), []),  # rain
        (with_zeros(RANDOM.poisson(3, 700), 35), []),  # children
        (with_zeros(RANDOM.normal(72, 12, 700).round().clip(24), 1), []),  # one row is no code
        (RANDOM.normal(0, 1, 700), []),
    ],
)
def test_zeros(values, expected):
    assert severities(values) == expected
