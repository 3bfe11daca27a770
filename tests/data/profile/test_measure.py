"""All facts about any small table: never an exception, and the checks never crash on them."""

import math

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bringup.checks import CHECKS, run_checks
from bringup.data.infer import infer_schema, infer_task
from bringup.data.open import open_table, sample
from bringup.data.profile.measure import measure
from bringup.data.typed import typed
from bringup.findings import Outcome
from bringup.record import Record

NUMBERS = st.one_of(st.none(), st.floats(), st.integers(-3, 3).map(float), st.just(math.inf))
WHOLE = st.one_of(st.none(), st.integers(-(2**62), 2**62), st.integers(0, 2))
TEXTS = st.one_of(
    st.none(), st.sampled_from(["", " ", "a", "A", "a.", "b", "?", "NA", "1", "1,5", "2024-01-01"]), st.text(max_size=5)
)
COLUMNS = st.sampled_from([NUMBERS, WHOLE, TEXTS, st.booleans(), st.none(), st.just("same"), st.just(1.0)])
DTYPES = {id(NUMBERS): pl.Float64, id(WHOLE): pl.Int64, id(TEXTS): pl.String}


@st.composite
def tables(draw):
    rows = draw(st.sampled_from([1, 2, 3, 25, 60]))
    width = draw(st.integers(1, 4))
    series = []
    for place in range(width):
        kind = draw(COLUMNS)
        values = draw(st.lists(kind, min_size=rows, max_size=rows))
        series.append(pl.Series(f"c{place}", values, dtype=DTYPES.get(id(kind)), strict=False))
    return pl.DataFrame(series)


def record_of(frame: pl.DataFrame, target: str, task=None) -> Record:
    table = open_table(frame)
    raw = sample(table, rows=1000, seed=0)
    schema = infer_schema(raw, table, target=target)
    values = typed(raw, schema)
    return Record(**measure(raw, values, table, schema, task or infer_task(values, schema)[0], seed=0))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(frame=tables(), task=st.sampled_from([None, "classification", "regression"]))
def test_any_table_can_be_measured_and_judged(frame, task):
    record = record_of(frame, frame.columns[-1], task)
    assert record.raw is not None
    assert record.raw.rows == len(frame)
    assert Record.model_validate_json(record.model_dump_json()) == record or "NaN" in record.model_dump_json()
    _, results = run_checks(record, CHECKS)
    assert [result for result in results if result.outcome is Outcome.CRASHED] == []


@pytest.mark.parametrize(
    "values", [[1e308, -1e308, 1e308] * 20, [1e-320, 2e-320, 0.0] * 20, [1e308] * 60, [2**62, 2**62 + 1, 5] * 20]
)
def test_extreme_numbers(values):
    frame = pl.DataFrame({"x": values, "z": [float(place % 7) for place in range(60)], "y": values[::-1]})
    record = record_of(frame, "y", "regression")
    assert record.columns is not None
    _, results = run_checks(record, CHECKS)
    assert [result for result in results if result.outcome is Outcome.CRASHED] == []


def test_no_target_is_fine():
    table = open_table(pl.DataFrame({"x": [1.0, 2.0, 3.0] * 20, "z": ["a", "b", "c"] * 20}))
    raw = sample(table, rows=1000, seed=0)
    schema = infer_schema(raw, table)
    facts = measure(raw, typed(raw, schema), table, schema, "clustering", seed=0)
    assert facts["target"] is None
    assert facts["duplicates"].copies == 57
