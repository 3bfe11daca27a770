"""Channels that lie one after the other in what is read as positions with channels."""

import numpy as np
import pytest

from bringup.capture.analysis.layout import channels_read_as_steps
from bringup.capture.analysis.sites import Rows
from bringup.record import CallFacts

RANDOM = np.random.default_rng(0)
WALKS = RANDOM.normal(size=(300, 3, 40)).cumsum(axis=2)  # [rows, channels, steps]
PAIRS = WALKS[:, :1] + 0.3 * RANDOM.normal(size=(300, 2, 40))  # two channels that say nearly the same
EVENT = WALKS.transpose(0, 2, 1).copy()
EVENT[:, 20:] += 5
IMAGES = RANDOM.normal(size=(300, 3, 12, 12)).cumsum(axis=2).cumsum(axis=3)
WAVES = np.sin(np.arange(40) / 3 + RANDOM.uniform(0, 6, (300, 2, 1))) + 0.5 * RANDOM.normal(size=(300, 2, 40))


def rows(values: np.ndarray) -> Rows:
    number = np.zeros(len(values), int)
    return Rows(call=CallFacts(site=0, model="M"), input=values.astype(np.float32), step=number, number=number)


@pytest.mark.parametrize("series", [WALKS, PAIRS, WAVES])
def test_series_that_were_reshaped(series):
    channels, steps = series.shape[1:]
    assert channels_read_as_steps(rows(series.reshape(-1, steps, channels))) == channels


@pytest.mark.parametrize(
    "values",
    [
        WALKS.transpose(0, 2, 1),
        PAIRS.transpose(0, 2, 1),
        WAVES.transpose(0, 2, 1),
        WALKS,  # channels first
        EVENT,
        IMAGES.transpose(0, 2, 3, 1),
        IMAGES[:, 0, :, :, None],
        RANDOM.normal(size=(300, 40, 4)),
        np.zeros((300, 40, 3)),
        np.full((300, 40, 3), np.nan),
        WALKS[:20].reshape(-1, 40, 3),  # too few to tell
        WALKS[:, 0],
    ],
    ids=range(12),
)
def test_rows_that_are_laid_out_as_they_are_read(values):
    assert channels_read_as_steps(rows(values)) is None
