"""The pictures."""

import math

import pytest

from bringup.record import ColumnFacts, Record, Series
from bringup.report import figures
from bringup.report.charts import thinned
from bringup.report.sparks import BINS, _density, spark


def test_a_long_series_is_thinned_without_losing_its_spike():
    values = [1.0] * 100_000
    values[77_777] = 50.0
    points = thinned(range(100_000), values)
    assert len(points) < 200
    assert (77_777, 50.0) in points
    assert points[0][0] == 0
    assert points[-1][0] == 99_999


def test_values_that_are_not_finite_are_counted_and_left_out():
    record = Record(series={"train/loss": Series(steps=(0, 1, 2), values=(1.0, math.nan, math.inf))})
    (figure,) = figures.training(record)
    assert "2 values not finite" in figure.warning
    assert "NaN" not in figure.svg


@pytest.mark.parametrize("values", [(math.nan, math.nan), (0.0, 0.0), (-1.0, 1e300), (5.0,)])
def test_odd_series_draw_or_vanish(values):
    record = Record(series={"validation/loss": Series(steps=tuple(range(len(values))), values=values)})
    assert all(isinstance(figure.svg, str) for figure in figures.training(record))


def test_loss_comes_first_and_its_best_step_is_named(adult):
    drawn = figures.training(adult.record)
    assert [figure.title for figure in drawn] == ["Loss (nat)", "Accuracy"]
    assert "Lowest validation loss" in drawn[0].caption


def test_an_exploding_probe_does_not_flatten_the_trajectory(adult):
    figure = figures.one_batch(adult.document.probes, adult.record.series.get("one-batch/loss"))
    assert figure is not None
    assert "↑ without scaling" in figure.svg
    assert "Converges" in figure.caption


def test_the_mass_of_a_spark_is_all_there():
    assert sum(_density((0, 0, 0, 0, 0, 5013, 15024))) == pytest.approx(0.98)
    assert sum(_density((17, 19, 28, 37, 48, 63, 74))) == pytest.approx(0.98)
    assert len(_density((1, 1, 1, 1, 1, 1, 1))) == BINS


def test_a_column_without_numbers_or_texts_has_no_spark():
    assert spark(ColumnFacts(name="x", role="text", dtype="string", rows=3, missing=0, distinct=3)) == ""
    odd = ColumnFacts(name="x", role="number", dtype="float", rows=3, missing=0, distinct=3, quantiles=(math.nan,) * 7)
    assert spark(odd) == ""
