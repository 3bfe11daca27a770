"""Odd tables through Python: a sentence, or a run; never an exception of another kind."""

import math

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bringup import api
from bringup.errors import BringupError

REFUSED = {
    "one class": lambda frame: frame.with_columns(y=pl.lit("yes")),
    "one value": lambda frame: frame.with_columns(y=pl.lit(3.5)),
    "target all missing": lambda frame: frame.with_columns(y=pl.lit(None, pl.String)),
    "target of no type": lambda frame: frame.with_columns(y=pl.lit(None)),
    "one row": lambda frame: frame[:1],
    "no row": lambda frame: frame[:0],
    "all rows the same": lambda frame: pl.concat([frame[:1]] * 50),
    "the target alone": lambda frame: frame.select("y"),
    "only constants": lambda frame: frame.select("y", a=pl.lit(1), b=pl.lit("x")),
    "only an identifier": lambda frame: frame.select("y", id=pl.format("user-{}", pl.int_range(pl.len()))),
    "a target of names": lambda frame: frame.with_columns(y=pl.format("n{}", pl.int_range(pl.len()))),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(kit, tmp_path, what):
    with pytest.raises(BringupError) as caught:
        api.run(REFUSED[what](kit.classes()), target="y", folder=tmp_path / "run", until="data")
    assert len(str(caught.value).splitlines()) == 1


COPED = {
    "infinite values": lambda frame: frame.with_columns(
        z=pl.when(pl.int_range(pl.len()) % 9 == 0).then(math.inf).otherwise("z")
    ),
    "mixed types": lambda frame: {**frame.to_dict(as_series=False), "x": [1, "two", 3.5, None, True, b"six"] * 40},
    "all rows twice": lambda frame: pl.concat([frame, frame]),
    "a column all missing": lambda frame: frame.with_columns(gone=pl.lit(None, pl.Float64)),
    "names that are hard": lambda frame: frame.rename({"x": 'a.b "c" ü\n', "z": "p(yes)", "kind": "prediction"}),
    "huge numbers": lambda frame: frame.with_columns(z=pl.col("z") * 1e300),
    "tiny numbers": lambda frame: frame.with_columns(z=pl.col("z") * 1e-300),
    "durations": lambda frame: frame.with_columns(d=pl.duration(seconds=pl.int_range(pl.len()))),
    "times": lambda frame: frame.with_columns(d=pl.datetime(2024, 1, 1) + pl.duration(hours=pl.int_range(pl.len()))),
    "lists": lambda frame: frame.with_columns(d=pl.concat_list("x", "z")),
    "enums": lambda frame: frame.with_columns(kind=pl.col("kind").cast(pl.Enum(["a", "b", "c"]))),
    "decimals": lambda frame: frame.with_columns(z=pl.col("z").cast(pl.Decimal(20, 3))),
}


@pytest.mark.parametrize("what", COPED)
def test_coped_with(kit, tmp_path, what):
    result = api.run(COPED[what](kit.classes()), target="y", folder=tmp_path / "run", until="run", seeds=1, keep_going=True)
    assert kit.step(result, "run")["status"] == "passed", kit.step(result, "run")
    assert api.resume(tmp_path / "run", until="data").document.rows == result.document.rows


def test_two_columns_that_predictions_are_named_after(kit, run_small):
    frame = kit.classes().rename({"z": "p(yes)", "kind": "prediction", "x": "row"})
    result = run_small(frame, edit={"seeds": 1, "kinds": ("constant", "linear")}, keep_going=True)
    assert pl.read_csv(result.folder / "predictions.csv").columns == ["row", "truth", "prediction", "p(no)", "p(yes)"]


@pytest.mark.parametrize("name", ["prediction", "truth", "row", "__row__"])
def test_a_target_of_that_name(kit, run_small, name):
    try:
        result = run_small(
            kit.classes().rename({"y": name}), name, edit={"seeds": 1, "kinds": ("constant", "linear")}, keep_going=True
        )
    except BringupError:
        assert name == "__row__"
        return
    assert "truth" in pl.read_csv(result.folder / "predictions.csv").columns


@pytest.mark.slow
def test_ten_thousand_columns(kit, tmp_path):
    frame = kit.classes(100).with_columns(
        *(((pl.int_range(pl.len()) * (n * 7919 + 13)) % 101).alias(f"c{n}") for n in range(10_000))
    )
    result = api.run(frame, target="y", folder=tmp_path / "run", until="overfit-one-batch", seeds=1, keep_going=True)
    assert result.document.seconds < 240
    assert {"passed", "failed", "skipped"} >= {entry.status for entry in result.document.steps}


# ---- random tables

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6)
CELLS = [
    st.floats(allow_nan=True, allow_infinity=True) | st.none(),
    st.integers(-(2**62), 2**62) | st.none(),
    st.integers(0, 3),
    st.booleans() | st.none(),
    st.sampled_from(["a", "b", "", "?", "NA", "ä", "a "]) | st.none(),
    st.text(max_size=20),
    st.dates() | st.none(),
    st.datetimes() | st.none(),
    st.just(None),
    st.sampled_from([0.1, 0.2, math.nan, math.inf, -math.inf]),
]


@st.composite
def tables(draw):
    """Draw a table as a dict of columns, and the name of its target."""
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    rows = draw(st.sampled_from([1, 5, 19, 20, 24, 40, 80]))
    columns = {}
    for name in names:
        few = draw(st.lists(draw(st.sampled_from(CELLS)), min_size=1, max_size=12))
        step = draw(st.sampled_from([1, 3, 5]))
        columns[name] = [few[(row * step + row // 7) % len(few)] for row in range(rows)]
    return columns, draw(st.sampled_from(names))


def tried(table, folder, until):
    """Run a table; a sentence is as good as a run."""
    columns, target = table
    try:
        made = api.plan(columns, target=target, seeds=1)
        assert type(made).from_toml(made.to_toml()) == made
        result = api.run(columns, target=target, folder=folder, until=until, seeds=1, keep_going=True)
    except BringupError:
        return None
    assert result.document.steps
    assert (folder / "report.html").exists()
    return result


RANDOM = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=60, **RANDOM)
@given(table=tables())
def test_any_table_is_looked_at(tmp_path_factory, table):
    tried(table, tmp_path_factory.mktemp("any") / "run", "data")


@pytest.mark.slow
@settings(max_examples=400, **RANDOM)
@given(table=tables())
def test_many_tables_are_looked_at(tmp_path_factory, table):
    tried(table, tmp_path_factory.mktemp("any") / "run", "data")


@pytest.mark.slow
@settings(max_examples=40, **RANDOM)
@given(table=tables())
def test_any_table_goes_to_one_batch(tmp_path_factory, table):
    tried(table, tmp_path_factory.mktemp("any") / "run", "overfit-one-batch")
