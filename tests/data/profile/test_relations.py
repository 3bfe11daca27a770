"""Relations with the target and among inputs, the power of one column, copies of rows."""

import numpy as np
import polars as pl
import pytest

from bringup.data.profile.relations import across, duplicates, relate
from bringup.data.schema import Column, Schema

ROWS = 600
RANDOM = np.random.default_rng(7)


def schema_of(frame: pl.DataFrame, target: str = "y") -> Schema:
    def column(name: str, dtype: pl.DataType) -> Column:
        if dtype.is_temporal():
            role, kind = "date", "date"
        elif dtype == pl.String:
            role, kind = "category", "string"
        else:
            role, kind = "number", "int" if dtype.is_integer() else "bool" if dtype == pl.Boolean else "float"
        return Column(name=name, role="target" if name == target else role, dtype=kind)

    return Schema(columns=tuple(column(name, dtype) for name, dtype in frame.schema.items()))


def related(task="regression", **columns):
    frame = pl.DataFrame(columns)
    return relate(frame, schema_of(frame), task, seed=0)


X, Z, NOISE = RANDOM.normal(size=(3, ROWS))
COUNTS = RANDOM.poisson(30, size=(4, ROWS))
LABELS = np.where(X + NOISE > 0, "yes", "no")


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("copy", lambda y: y),
        ("scale", lambda y: 3.5 * y - 2),
        ("scale", lambda y: -0.1 * y),
        ("log", np.log),
        ("log", lambda y: np.log10(y).round(6)),
        ("log", np.exp),
        ("log", np.log1p),
        ("one-to-one", np.sqrt),
        ("one-to-one", lambda y: 1 / y),
    ],
)
def test_functions_of_the_target(kind, make):
    y = 5 + np.abs(X)
    facts = related(x=Z, leak=make(y), y=y)
    assert [(relation.kind, relation.columns) for relation in facts.with_target] == [(kind, ("leak",))]
    assert facts.with_target[0].share > 0.99


def test_slips_of_the_pen_do_not_hide_a_copy():
    leak = X.copy()
    leak[:20] = 99
    (relation,) = related(x=Z, leak=leak, y=X).with_target
    assert relation.kind == "copy"
    assert relation.share == pytest.approx(1 - 20 / ROWS)


def test_noise_is_no_function():
    assert related(x=X + 0.01 * NOISE, z=Z, y=X).with_target == ()


@pytest.mark.parametrize("parts", [2, 3, 4])
def test_sums(parts):
    columns = {f"c{place}": COUNTS[place] for place in range(4)}
    (relation,) = related(**columns, x=X, y=COUNTS[:parts].sum(axis=0)).with_target
    assert relation.kind == "sum"
    assert set(relation.columns) == {f"c{place}" for place in range(parts)}
    assert relation.share == 1.0


def test_difference():
    (relation,) = related(revenue=COUNTS[0], cost=COUNTS[1], x=X, y=COUNTS[0] - COUNTS[1]).with_target
    assert relation.kind == "difference"
    assert set(relation.columns) == {"revenue", "cost"}


def clocks():
    due = RANDOM.integers(0, 1440, ROWS)
    delay = RANDOM.integers(-30, 120, ROWS)
    actual = (due + delay) % 1440
    return due // 60 * 100 + due % 60, actual // 60 * 100 + actual % 60, delay


@pytest.mark.parametrize("task", ["regression", "classification"])
def test_times_of_day(task):
    due, actual, delay = clocks()
    y = delay if task == "regression" else np.where(delay > 15, "late", "fine")
    (relation,) = related(task, due=due, actual=actual, x=X, y=y).with_target
    assert relation.kind == "difference"
    assert set(relation.columns) == {"due", "actual"}
    assert relation.share > 0.99


def test_dates():
    start = pl.Series(RANDOM.integers(0, 10**6, ROWS) * 3600).cast(pl.Datetime("ms"))
    days = RANDOM.integers(1, 400, ROWS)
    end = start + pl.Series(days * 86_400_000).cast(pl.Duration("ms"))
    (relation,) = related(start=start, end=end, y=days).with_target
    assert relation.kind == "difference"


def test_two_numbers_that_part_classes_are_no_leak():
    assert related("classification", a=X, b=Z, y=np.where(X > Z, "yes", "no")).with_target == ()


@pytest.mark.parametrize("leak", [LABELS, np.where(LABELS == "yes", 1, 0), np.where(LABELS == "yes", "paid", "open")])
def test_classes_under_any_name(leak):
    (relation,) = related("classification", x=X, leak=leak, y=LABELS).with_target
    assert relation.columns == ("leak",)
    assert relation.beyond_chance == pytest.approx(1.0)


def test_a_rare_class_is_not_copied_by_rare_values():
    rare, other = RANDOM.random((2, ROWS)) < 0.02
    assert related("classification", x=other.astype(int), y=rare.astype(int)).with_target == ()


def test_power_is_judged_out_of_sample():
    street = [f"street {place}" for place in RANDOM.integers(0, 300, ROWS)]
    facts = related("classification", x=X, street=street, y=LABELS)
    power = {entry.column: entry for entry in facts.power}
    assert power["x"].score > 0.75
    assert power["x"].determined > 0.3
    assert abs(power["street"].score - 0.5) < 0.1
    assert power["street"].determined < 0.15


def test_power_for_amounts():
    power = {entry.column: entry.score for entry in related(x=X, z=Z, y=2 * X + NOISE).power}
    assert power["x"] == pytest.approx(0.8, abs=0.07)
    assert abs(power["z"]) < 0.1


def test_missing_may_tell():
    date = [float(value) if label == "yes" else None for value, label in zip(Z, LABELS, strict=True)]
    (power,) = related("classification", date=date, y=LABELS).power
    assert power.missing_score == pytest.approx(1.0)


def test_inputs_alike():
    level = RANDOM.integers(0, 6, ROWS)
    nearly = COUNTS[1].astype(float)
    nearly[:3] = 500
    facts = related(
        level=level,
        grade=np.array(list("abcdef"))[level],
        again=level,
        count=COUNTS[1],
        nearly=nearly,
        meters=X,
        feet=X * 3.28084 + 1,
        z=Z,
        y=NOISE,
    )
    found = {relation.columns[0]: (relation.kind, relation.of) for relation in facts.among_inputs}
    assert found == {
        "grade": ("one-to-one", "level"),
        "again": ("copy", "level"),
        "nearly": ("copy", "count"),
        "feet": ("scale", "meters"),
    }


def test_rare_values_agree_by_luck():
    facts = related(a=np.r_[1, np.zeros(ROWS - 1)], b=np.r_[1, np.zeros(ROWS - 1)], x=X, y=Z)
    assert facts.among_inputs == ()


def test_copies_by_chance_are_told_from_copies():
    few = pl.DataFrame({"a": COUNTS[0] % 3, "b": COUNTS[1] % 2, "y": np.where(COUNTS[2] % 2, "u", "v")})
    facts = duplicates(few, schema_of(few))
    assert facts.copies == ROWS - 12
    assert facts.expected == pytest.approx(facts.copies, rel=0.02)
    assert facts.conflicting > ROWS / 4
    many = pl.DataFrame({"x": X, "z": Z, "y": LABELS})
    doubled = pl.concat([many, many[:50]])
    facts = duplicates(doubled, schema_of(doubled))
    assert (facts.copies, facts.input_copies, facts.conflicting, facts.expected) == (50, 50, 0, 0)


def test_conflicting_labels():
    frame = pl.DataFrame({"x": [1, 1, 1, 2, 2, 3], "y": ["a", "a", "b", "a", "b", "a"]})
    facts = duplicates(frame, schema_of(frame))
    assert (facts.copies, facts.input_copies, facts.conflicting) == (1, 3, 2)


def test_rows_in_both_parts():
    frame = pl.DataFrame({"x": X, "z": Z, "y": LABELS})
    schema = schema_of(frame)
    assert across(frame[:500], frame[400:], schema) == 100
    assert across(frame[:300], frame[300:], schema) == 0
    other = frame[:10].with_columns(pl.lit("other").alias("y"))
    assert across(frame, other, schema) == 10


def test_the_same_seed_gives_the_same_facts():
    columns = {"x": X, "z": Z, "y": LABELS}
    assert related("classification", **columns) == related("classification", **columns)


def test_wide_tables():
    frame = pl.DataFrame(RANDOM.normal(size=(300, 3000)), schema=[f"x{place}" for place in range(3000)])
    frame = frame.with_columns(pl.Series("y", RANDOM.choice(["a", "b"], 300)))
    facts = relate(frame, schema_of(frame), "classification", seed=0)
    assert len(facts.power) == 3000
