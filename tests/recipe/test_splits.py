"""How rows are parted: nothing that belongs together is torn apart, and a test file is taken as it comes."""

import datetime as dt
import json

import numpy as np
import polars as pl
import pytest

from bringup import api
from bringup.errors import BringupError


def rows_of(run_small, kit, frame, **plan):
    """The row numbers of each part."""
    result = run_small(frame, plan=plan, edit={"seeds": 1, "kinds": ("constant", "linear")}, keep_going=True)
    return json.loads((result.folder / "split.json").read_text())


def test_groups_stay_together(kit, run_small):
    frame = kit.classes().with_columns(family=pl.Series([f"f{row % 40}" for row in range(240)]))
    found = rows_of(run_small, kit, frame, group="family")
    families = [set(frame["family"][rows].to_list()) for rows in found.values()]
    assert not families[0] & families[1]
    assert not families[0] & families[2]
    assert not families[1] & families[2]
    assert sum(map(len, families)) == 40


@pytest.mark.parametrize("kind", ["date", "whole numbers", "text dates"])
def test_the_test_rows_are_the_latest(kit, run_small, kind):
    days = np.random.default_rng(1).permutation(240)
    first = dt.date(2024, 1, 1)
    column = {
        "date": [first + dt.timedelta(days=int(day)) for day in days],
        "whole numbers": days,
        "text dates": [(first + dt.timedelta(days=int(day))).strftime("%d/%m/%Y") for day in days],
    }[kind]
    found = rows_of(run_small, kit, kit.classes().with_columns(when=pl.Series(column)), time="when")
    assert max(days[found["train"]]) < min(days[found["validation"]])
    assert max(days[found["validation"]]) < min(days[found["test"]])


@pytest.mark.parametrize("how", ["group", "time"])
def test_a_column_that_is_not_there(kit, how):
    with pytest.raises(BringupError, match="famly"):
        api.plan(kit.classes(), target="y", **{how: "famly"})


@pytest.mark.parametrize("how", ["group", "time"])
def test_a_column_of_two_values_parts_nothing(kit, tmp_path, how):
    frame = kit.classes().with_columns(half=pl.int_range(pl.len()) % 2)
    with pytest.raises(BringupError, match="`half`"):
        api.run(frame, target="y", folder=tmp_path / "run", until="data", **{how: "half"})


def test_both_ways_at_once(kit):
    with pytest.raises(BringupError, match="not both"):
        api.plan(kit.classes(), target="y", group="kind", time="x")


# ---- a test file


def with_test(kit, tmp_path, test, *, text=None, until="data", seeds=1, **how):
    train = kit.write(kit.classes(), tmp_path / "train.csv")
    path = tmp_path / "test.csv"
    path.write_text(text) if text is not None else kit.write(test, path)
    return api.run(train, target="y", test=str(path), folder=tmp_path / "run", until=until, seeds=seeds, **how)


def classes_of(result):
    """How many rows the test part holds, and which classes."""
    return dict(result.record.split.parts["test"].classes)


@pytest.fixture
def fresh(kit):
    """Rows that the training file does not have."""
    return kit.classes(100, seed=5)


def test_a_test_file(kit, tmp_path, fresh):
    result = with_test(kit, tmp_path, fresh)
    assert sum(classes_of(result).values()) == 100
    assert result.record.split.parts["train"].rows + result.record.split.parts["validation"].rows == 240


def test_labels_with_a_full_stop(kit, tmp_path, fresh):
    """As in adult.test: `>50K.`"""
    result = with_test(kit, tmp_path, fresh.with_columns(y=pl.col("y") + "."))
    assert set(classes_of(result)) == {"yes", "no"}
    assert any(finding.name == "label-format-differs" for finding in result.document.findings)
    assert kit.step(result, "data")["status"] == "passed"


def test_a_test_file_without_a_header(kit, tmp_path, fresh):
    result = with_test(kit, tmp_path, None, text=fresh.write_csv(include_header=False))
    assert sum(classes_of(result).values()) == 100


def test_more_columns_in_another_order(kit, tmp_path, fresh):
    result = with_test(kit, tmp_path, fresh.select(pl.lit(1).alias("new"), "y", "kind", "z", "x"))
    assert sum(classes_of(result).values()) == 100


def test_a_class_that_training_does_not_know(kit, tmp_path, fresh):
    result = with_test(
        kit, tmp_path, fresh.with_columns(y=pl.when(pl.int_range(100) < 10).then(pl.lit("maybe")).otherwise("y"))
    )
    assert sum(classes_of(result).values()) == 90


def test_missing_labels(kit, tmp_path, fresh):
    result = with_test(kit, tmp_path, fresh.with_columns(y=pl.when(pl.int_range(100) < 10).then(None).otherwise("y")))
    assert sum(classes_of(result).values()) == 90


def test_no_label_that_training_knows(kit, tmp_path, fresh):
    with pytest.raises(BringupError, match="give both files the same labels"):
        with_test(kit, tmp_path, fresh.with_columns(y=pl.lit("perhaps")))


def test_a_test_file_without_the_target(kit, tmp_path, fresh):
    with pytest.raises(BringupError, match="`y`"):
        with_test(kit, tmp_path, fresh.drop("y"))


def test_a_test_file_without_a_column(kit, tmp_path, fresh):
    with pytest.raises(BringupError, match="`z`"):
        with_test(kit, tmp_path, fresh.drop("z"))


def test_no_test_file_there(kit, tmp_path):
    train = kit.write(kit.classes(), tmp_path / "train.csv")
    with pytest.raises(BringupError, match=r"missing\.csv"):
        api.run(train, target="y", test=str(tmp_path / "missing.csv"), folder=tmp_path / "run", until="data")


def test_to_the_end_with_a_test_file(kit, tmp_path, fresh):
    train = kit.write(kit.classes(), tmp_path / "train.csv")
    test = kit.write(fresh.with_columns(y=pl.col("y") + "."), tmp_path / "test.csv")
    plan = kit.small(api.plan(train, target="y", test=test), kinds=("constant", "linear"))
    (tmp_path / "plan.toml").write_text(plan.to_toml())
    result = api.run_plan(tmp_path / "plan.toml", folder=tmp_path / "run")
    predictions = pl.read_csv(result.folder / "predictions.csv")
    assert predictions["row"].to_list() == list(range(100))
    again = result.predict(test)
    assert again["p(yes)"].to_list() == predictions["p(yes)"].to_list()


def test_a_test_file_with_a_time(kit, tmp_path, fresh):
    train = kit.classes().with_columns(t=pl.int_range(pl.len()))
    kit.write(train, tmp_path / "train.csv")
    kit.write(fresh.with_columns(t=pl.int_range(pl.len()) + 240), tmp_path / "test.csv")
    result = api.run(
        tmp_path / "train.csv",
        target="y",
        test=str(tmp_path / "test.csv"),
        time="t",
        folder=tmp_path / "run",
        until="data",
    )
    assert result.record.split.parts["train"].rows + result.record.split.parts["validation"].rows == 240
