"""Kinds of problems: values, many classes, few of one class, a comparison as the target."""

import numpy as np
import polars as pl
import pytest

from bringup import api


def test_values(kit, run_small):
    document = run_small(kit.values(), "score", edit={"kinds": ("constant", "linear", "trees")}).document
    assert document.task == "regression"
    assert document.candidates[0].metric == "r2"
    assert set(document.metrics["test"]) == {"r2", "rmse", "mae"}
    assert document.metrics["test"]["r2"] > 0.2


def test_rare_classes_are_judged_by_rank(kit, run_small):
    frame = kit.values(400)
    limit = frame["score"].quantile(0.93)
    frame = frame.with_columns(y=pl.when(pl.col("score") > limit).then(pl.lit("rare")).otherwise(pl.lit("usual"))).drop("score")
    document = run_small(frame, edit={"kinds": ("constant", "linear")}).document
    assert document.candidates[0].metric == "roc_auc"
    assert document.candidates[0].test == pytest.approx(0.5)
    assert any("ROC" in line for line in document.plan["review"])
    assert document.metrics["test"]["roc_auc"] > 0.6
    assert "roc auc" in document.verdict.summary


def test_twelve_classes(kit, run_small):
    random = np.random.default_rng(0)
    label = random.integers(0, 12, 600)
    angle = label / 12 * 2 * np.pi
    frame = pl.DataFrame(
        {
            "a": np.cos(angle) + 0.1 * random.normal(size=600),
            "b": np.sin(angle) + 0.1 * random.normal(size=600),
            "y": [f"class {n}" for n in label],
        }
    )
    document = run_small(frame, edit={"kinds": ("constant", "linear")}).document
    assert document.verdict.status == "good"
    assert document.metrics["test"]["accuracy"] > 0.7


def test_numbers_that_are_names(kit, run_small):
    frame = kit.classes().with_columns(y=pl.col("y").replace_strict({"yes": 1.0, "no": 0.0}))
    result = run_small(frame, edit={"seeds": 1, "kinds": ("constant", "linear")})
    assert result.document.task == "classification"
    assert set(pl.read_csv(result.folder / "predictions.csv")["prediction"]) == {0, 1}


@pytest.mark.parametrize(("target", "share"), [("score > 1.5", 0.4), ("kind == a", 0.33), ("kind != 'a'", 0.67)])
def test_a_comparison_as_target(kit, run_small, target, share):
    result = run_small(kit.values(), target, edit={"seeds": 1, "kinds": ("constant", "linear")}, until="compare")
    assert result.document.target == target
    assert dict(result.record.split.parts["train"].classes).keys() == {"yes", "no"}
    classes = dict(result.record.split.parts["train"].classes)
    assert classes["yes"] / sum(classes.values()) == pytest.approx(share, abs=0.15)
    column = target.split()[0]
    assert column not in [entry.name for entry in result.record.columns or () if entry.role in ("number", "category")]


@pytest.mark.parametrize("target", ["score > high", "scor > 1", "kind > 3"])
def test_a_comparison_that_makes_no_sense(kit, tmp_path, target):
    with pytest.raises(api.BringupError) as caught:
        api.run(kit.values(), target=target, folder=tmp_path / "run", until="data")
    assert len(str(caught.value).splitlines()) == 1


def test_a_class_with_one_example_trains(kit, run_small):
    frame = kit.classes()
    frame = frame.with_columns(y=pl.when(pl.int_range(len(frame)) == 7).then(pl.lit("odd")).otherwise("y"))
    result = run_small(frame, edit={"trials": 1}, keep_going=True)
    assert "p(odd)" in pl.read_csv(result.folder / "predictions.csv").columns
    assert kit.step(result, "train")["status"] == "passed"
    assert kit.step(result, "lock")["status"] == "passed"


@pytest.mark.parametrize("rows", [20, pytest.param(30, marks=pytest.mark.slow)])
def test_hardly_any_rows(kit, run_small, rows):
    result = run_small(kit.classes(rows), edit={"trials": 1}, keep_going=True)
    assert kit.step(result, "lock")["status"] == "passed"
    assert result.document.verdict.status in ("good", "held-back")


def test_a_target_partly_missing(kit, run_small):
    frame = kit.classes().with_columns(y=pl.when(pl.int_range(pl.len()) % 3 == 0).then(None).otherwise("y"))
    result = run_small(frame, edit={"seeds": 1, "kinds": ("constant", "linear")}, keep_going=True)
    rows = pl.read_csv(result.folder / "predictions.csv")["row"]
    assert (rows % 3 != 0).all()


def test_more_seeds_than_needed_are_not_asked_for(kit):
    assert api.plan(kit.classes(), target="y", seeds=2).budget.seeds == 2
