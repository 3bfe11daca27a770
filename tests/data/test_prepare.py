"""Preparation: fitted on training rows only, always finite, and the same after a trip through JSON."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bringup.data.prepare import Preparer, fit_preparer, prepared_facts
from bringup.data.schema import Column, Schema
from bringup.data.states import DENSE_LEVELS, LARGEST, Category, Number

DTYPES = {"number": "float", "category": "string", "date": "date", "text": "string"}


def schema_of(**roles: str) -> Schema:
    return Schema(columns=tuple(Column(name=n, role=r, dtype=DTYPES.get(r, "float")) for n, r in roles.items()))


def table(rows: int = 60, seed: int = 0) -> tuple[pl.DataFrame, Schema]:
    random = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {
            "age": [None if i % 7 == 0 else float(v) for i, v in enumerate(random.normal(40, 9, rows))],
            "town": [None if i % 11 == 0 else t for i, t in enumerate(random.choice(["a", "b", "c"], rows))],
            "seen": [datetime(2020, 1, 1) + timedelta(hours=int(h)) for h in random.integers(0, 20_000, rows)],
            "said": [" ".join(random.choice(["fine", "poor", "good", "late"], 4)) for _ in range(rows)],
        }
    )
    return frame, schema_of(age="number", town="category", seen="date", said="text")


def prepared(values, role="number", scale="std"):
    frame = pl.DataFrame({"x": values})
    preparer = fit_preparer(frame, schema_of(x=role), scale=scale)
    return preparer, preparer(frame)


def test_nothing_is_fitted_to_other_rows():
    frame, schema = table()
    train = frame.head(40)
    odd = frame.tail(20).with_columns(age=pl.lit(1e9), town=pl.lit("z"), said=pl.lit("unheard"))
    fitted = fit_preparer(train, schema)
    assert fitted == fit_preparer(pl.concat([train, odd]).head(40), schema)
    assert np.array_equal(fitted(pl.concat([train, odd])).dense[:40], fitted(train).dense)


def test_json_gives_the_same_inputs_to_the_last_digit():
    frame, schema = table()
    preparer = fit_preparer(frame.head(40), schema)
    again = Preparer.model_validate_json(preparer.model_dump_json())
    assert again == preparer
    ours, theirs = preparer(frame), again(frame)
    assert ours.dense.tobytes() == theirs.dense.tobytes()
    assert ours.codes.tobytes() == theirs.codes.tobytes()
    assert ours.categorical == theirs.categorical


def test_numbers_are_standardised():
    preparer, inputs = prepared([1.0, 2.0, 3.0, 6.0])
    assert preparer.names == ("x",)
    assert inputs.dense.mean() == pytest.approx(0, abs=1e-6)
    assert inputs.dense.std() == pytest.approx(1, abs=1e-6)
    assert inputs.codes[:, 0].tolist() == [1, 2, 3, 6]
    assert inputs.dense.dtype == np.float32


def test_scale_variance_is_to_the_letter():
    values = np.array([1.0, 2.0, 3.0, 6.0])
    preparer, inputs = prepared(values, scale="variance")
    assert isinstance(preparer.states[0], Number)
    assert preparer.states[0].scale == pytest.approx(values.var())
    assert inputs.dense[:, 0] == pytest.approx((values - 3) / values.var())


def test_missing_numbers_take_the_median_and_say_so():
    preparer, inputs = prepared([1.0, None, 2.0, 9.0])
    assert preparer.names == ("x", "x is missing")
    assert inputs.dense[:, 1].tolist() == [0, 1, 0, 0]
    assert inputs.dense[1, 0] == pytest.approx(inputs.dense[2, 0])
    assert np.isnan(inputs.codes[1, 0])


def test_infinities_count_as_missing():
    preparer, inputs = prepared([1.0, float("inf"), 2.0, float("-inf"), float("nan")])
    assert inputs.dense[:, 1].tolist() == [0, 1, 0, 1, 1]
    assert np.isfinite(inputs.dense).all()
    assert np.isnan(inputs.codes[[1, 3, 4], 0]).all()
    later = preparer(pl.DataFrame({"x": [float("inf"), 1.5]}))
    assert np.isfinite(later.dense).all()


@pytest.mark.parametrize("values", [[5.0] * 9, [0.1 + 0.2, 0.3] * 5, [0.0] * 4, [1e17, 1e17 + 16] * 3])
def test_constants_are_not_blown_up(values):
    _, inputs = prepared(values)
    assert np.abs(inputs.dense).max() <= 16


@pytest.mark.parametrize("unit", [1e-300, 1e-30, 1e-15, 1.0, 1e30, 1e160, 1e307])
@pytest.mark.parametrize("scale", ["std", "variance"])
def test_any_unit_is_finite_and_std_does_not_depend_on_it(unit, scale):
    values = np.array([-4.0, -1.0, 2.0, 5.0, 8.0])
    _, inputs = prepared(values * unit, scale=scale)
    assert np.isfinite(inputs.dense).all()
    if scale == "std":
        assert inputs.dense[:, 0] == pytest.approx((values - 2) / values.std(), rel=1e-5)


def test_huge_values_in_new_rows_are_cut():
    preparer, _ = prepared([1.0, 2.0, 3.0])
    later = preparer(pl.DataFrame({"x": [1.7e308, -1.7e308]}))
    assert later.dense[:, 0].tolist() == pytest.approx([LARGEST, -LARGEST])
    assert np.isfinite(later.codes).all()


def test_levels_never_seen_share_other():
    preparer, inputs = prepared(["a"] * 5 + ["b"] * 3 + ["once"], role="category")
    assert preparer.names == ("x = a", "x = b", "x = other")
    later = preparer(pl.DataFrame({"x": ["new", "a", None]}))
    assert later.dense.tolist() == [[0, 0, 1], [1, 0, 0], [0, 0, 0]]
    assert later.codes[0, 0] == inputs.codes[-1, 0] == 2
    assert np.isnan(later.codes[2, 0])
    assert later.categorical == (True,)


def test_missing_levels_are_an_input():
    preparer, inputs = prepared(["a", "a", "b", "b", None, None], role="category")
    assert preparer.names == ("x = a", "x = b", "x = missing")
    assert inputs.dense[:, 2].tolist() == [0, 0, 0, 0, 1, 1]


def test_many_levels_are_bounded():
    preparer, inputs = prepared([f"l{i % 400}" for i in range(4000)], role="category")
    assert len(preparer.names) == DENSE_LEVELS + 1
    assert inputs.dense.sum(axis=1).tolist() == [1] * 4000
    assert inputs.codes.max() <= 254


@pytest.mark.parametrize("name", ["count", "rows", "level", "x", "literal"])
def test_a_column_may_have_any_name(name):
    frame = pl.DataFrame({name: ["a", "a", "b", "b"]})
    assert fit_preparer(frame, schema_of(**{name: "category"})).names == (f"{name} = a", f"{name} = b")


def test_no_training_value_at_all():
    for role, dtype in (("number", pl.Float64), ("category", pl.String), ("text", pl.String), ("date", pl.Datetime("us"))):
        frame = pl.DataFrame({"x": pl.Series([None] * 5, dtype=dtype)})
        preparer = fit_preparer(frame, schema_of(x=role))
        assert np.isfinite(preparer(frame).dense).all()


def test_truth_values_and_whole_numbers_as_categories():
    assert prepared([True, False, True, False], role="category")[0].names == ("x = false", "x = true")
    whole, decimal = prepared([5, 5, 7, 7], role="category")[0], prepared([5.0, 5.0, 7.0, 7.0], role="category")[0]
    assert whole.names == decimal.names == ("x = 5", "x = 7")


def test_dates_become_parts_that_vary():
    days = [datetime(2021, 3, 1) + timedelta(days=i) for i in range(20)]
    preparer, inputs = prepared(days, role="date")
    assert preparer.names == ("x.days", "x.weekday")
    assert inputs.codes[1, 0] - inputs.codes[0, 0] == pytest.approx(1)
    assert np.isfinite(preparer(pl.DataFrame({"x": [datetime(1900, 1, 1), None]})).dense).all()


def test_a_part_of_a_date_does_not_shadow_a_column():
    days = [datetime(2021 + i, 1, 1) for i in range(5)]
    frame = pl.DataFrame({"x": days, "x.year": [1.0, 5.0, 2.0, 8.0, 3.0]})
    preparer = fit_preparer(frame, schema_of(**{"x": "date", "x.year": "number"}))
    assert preparer(frame).codes[:, -1].tolist() == [1, 5, 2, 8, 3]
    assert 2021 in preparer(frame).codes[0]


def test_texts_are_rows_of_unit_length():
    _, inputs = prepared(["good and fine", "poor", None, ""], role="text")
    assert np.linalg.norm(inputs.dense, axis=1).tolist() == pytest.approx([1, 1, 0, 0])
    assert inputs.codes.shape == inputs.dense.shape


def test_level_order_does_not_depend_on_row_order():
    values = ["b"] * 3 + ["a"] * 3 + ["c"] * 5
    state, other = prepared(values, role="category")[0].states[0], prepared(values[::-1], role="category")[0].states[0]
    assert isinstance(state, Category)
    assert state == other
    assert state.levels == ("c", "a", "b")


def test_facts_are_of_the_training_rows():
    frame, schema = table()
    preparer = fit_preparer(frame, schema)
    facts = prepared_facts(preparer(frame), preparer.names)
    assert facts.non_finite == 0
    assert len(facts.inputs) == len(preparer.names)
    assert facts.inputs[0].mean == pytest.approx(0, abs=1e-6)
    assert prepared_facts(preparer(frame.head(0)), preparer.names).inputs == ()


def test_no_inputs_and_no_rows():
    preparer = fit_preparer(pl.DataFrame({"y": [1, 2]}), Schema(columns=()))
    assert preparer(pl.DataFrame({"y": [1, 2]})).dense.shape == (2, 0)
    frame, schema = table()
    assert fit_preparer(frame, schema)(frame.head(0)).dense.shape[0] == 0


NUMBERS = st.one_of(st.none(), st.floats(width=64), st.sampled_from([1e308, -1e308, 5e-324, 0.0, -0.0]))
WORDS = st.one_of(st.none(), st.text(max_size=6))
MOMENTS = st.one_of(st.none(), st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), rows=st.integers(1, 12), scale=st.sampled_from(["std", "variance"]))
def test_dense_is_always_finite(data, rows, scale):
    def some(values):
        return data.draw(st.lists(values, min_size=rows, max_size=rows))

    schema = schema_of(n="number", c="category", d="date", t="text")

    def frame():
        return pl.DataFrame(
            {"n": some(NUMBERS), "c": some(WORDS), "d": some(MOMENTS), "t": some(WORDS)},
            schema={"n": pl.Float64, "c": pl.String, "d": pl.Datetime("us"), "t": pl.String},
        )

    train, later = frame(), frame()
    preparer = fit_preparer(train, schema, scale=scale)
    for part in (train, later):
        inputs = preparer(part)
        assert np.isfinite(inputs.dense).all()
        assert not np.isinf(inputs.codes).any()
        assert inputs.dense.shape == (rows, len(preparer.names))
    assert Preparer.model_validate_json(preparer.model_dump_json()) == preparer
