"""The plan: what is written is what is read, what is edited is what is done, what is wrong is said."""

import shutil

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bringup import api
from bringup.errors import BringupError
from bringup.recipe.plan import Plan

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def made(kit):
    return api.plan(kit.classes(), target="y")


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(target=NAMES, columns=st.dictionaries(NAMES, st.sampled_from(["number", "category", "dropped"]), max_size=4), by=NAMES)
def test_a_plan_survives_toml(made, target, columns, by):
    plan = made.model_copy(
        update={
            "data": made.data.model_copy(update={"target": target, "query": by, "names": tuple(columns)}),
            "roles": columns,
            "split": made.split.model_copy(update={"method": "group", "by": by}),
            "review": (target,),
        }
    )
    assert Plan.from_toml(plan.to_toml()) == plan


def test_settings_of_an_estimator_survive_toml(made):
    trees = made.ladder[-1].model_copy(update={"settings": {"max_iter": 20, "learning_rate": 0.05, "early_stopping": False}})
    plan = made.model_copy(update={"ladder": (*made.ladder[:-1], trees)})
    assert Plan.from_toml(plan.to_toml()) == plan


def test_edits_are_honoured(kit, run_small):
    edit = {"seeds": 1, "kinds": ("constant", "mlp"), "learning_rate": 2e-3, "hidden": (32,), "epochs": 3}
    result = run_small(kit.classes(), edit=edit, until="compare", plan={"scale": "variance"})
    assert [candidate.model for candidate in result.document.candidates] == ["constant", "mlp"]
    assert [candidate.seeds for candidate in result.document.candidates] == [1, 1]
    settings = result.record.settings
    assert (settings["learning_rate"], settings["hidden"], settings["epochs"]) == (2e-3, [32], 3)
    assert len(result.record.series["train/loss"]) <= 3
    assert result.document.plan["prepare"]["scale"] == "variance"


WRONG = {  # edit → a word of the sentence
    "a typo in a key": (("learning_rate", "lerning_rate"), "lerning_rate"),
    "a negative learning rate": (("learning_rate = 0.0003", "learning_rate = -1"), "greater than 0"),
    "text for a number": (("seeds = 10", 'seeds = "many"'), "budget.seeds"),
    "no seeds": (("seeds = 10", "seeds = 0"), "budget.seeds"),
    "a model of no kind": (('kind = "trees"', 'kind = "forest"'), "ladder.4.kind"),
    "a metric of another task": (('metric = "accuracy"', 'metric = "r2"'), "accuracy"),
    "a group without a column": (('method = "stratified"', 'method = "group"'), "`by`"),
    "a ladder without a constant": (('kind = "constant"', 'kind = "linear"'), "constant"),
    "a name twice": (('name = "trees"', 'name = "linear"'), "linear"),
    "a role that is none": (("[roles]", '[roles]\nx = "numbre"'), "roles.x"),
    "no TOML": (("[data]", "[data"), "TOML"),
    "no data": (("[data]", "[date]"), "date"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_edit_is_one_sentence(made, tmp_path, what):
    (old, new), word = WRONG[what]
    text = made.to_toml()
    assert old in text
    (tmp_path / "plan.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(BringupError) as caught:
        api.run_plan(tmp_path / "plan.toml", folder=tmp_path / "run")
    assert word in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_only_a_constant(made):
    plan = made.model_copy(update={"ladder": made.ladder[:1]})
    with pytest.raises(BringupError, match="nothing but a constant"):
        Plan.from_toml(plan.to_toml())


@pytest.mark.parametrize("place", ["missing.toml", "."])
def test_no_plan_there(tmp_path, place):
    with pytest.raises(BringupError):
        api.run_plan(tmp_path / place)


def test_settings_that_an_estimator_refuses(kit, tmp_path):
    plan = kit.small(api.plan(kit.write(kit.classes(), tmp_path / "data.csv"), target="y"), seeds=1)
    linear = plan.ladder[1].model_copy(update={"settings": {"C": -1.0}})
    (tmp_path / "plan.toml").write_text(plan.model_copy(update={"ladder": (plan.ladder[0], linear)}).to_toml())
    result = api.run_plan(tmp_path / "plan.toml", folder=tmp_path / "run", keep_going=True)
    assert kit.step(result, "train")["status"] == "failed"
    assert "`linear`" in kit.step(result, "train")["summary"]
    assert kit.step(result, "lock")["status"] == "skipped"
    assert "C" in kit.step(result, "train")["summary"]


def test_a_split_column_that_is_not_there(kit, tmp_path):
    plan = api.plan(kit.write(kit.classes(), tmp_path / "data.csv"), target="y")
    edited = plan.model_copy(update={"split": plan.split.model_copy(update={"method": "group", "by": "famly"})})
    (tmp_path / "plan.toml").write_text(edited.to_toml())
    with pytest.raises(BringupError, match="famly"):
        api.run_plan(tmp_path / "plan.toml", folder=tmp_path / "run")


def test_a_device_that_is_not_there(kit, tmp_path):
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is one")
    plan = api.plan(kit.write(kit.classes(), tmp_path / "data.csv"), target="y")
    edited = plan.model_copy(update={"infrastructure": plan.infrastructure.model_copy(update={"device": "cuda"})})
    (tmp_path / "plan.toml").write_text(edited.to_toml())
    with pytest.raises(BringupError, match="cuda"):
        api.run_plan(tmp_path / "plan.toml", folder=tmp_path / "run")


def test_paths_beside_the_plan(kit, tmp_path, monkeypatch):
    """A plan and its data can be moved together, and run and resumed from anywhere."""
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    kit.write(kit.classes(), home / "train.csv")
    kit.write(kit.classes(60, seed=1), home / "test.csv")
    monkeypatch.chdir(home)
    plan = kit.small(api.plan("train.csv", target="y", test="test.csv"), seeds=1)
    assert (plan.data.source, plan.data.test) == ("train.csv", "test.csv")
    (home / "plan.toml").write_text(plan.to_toml())
    monkeypatch.chdir(elsewhere)
    shutil.move(home, tmp_path / "moved")
    kit.write(kit.values(), elsewhere / "train.csv")  # must not be taken for the one beside the plan
    result = api.run_plan("../moved/plan.toml", folder="run", until="data")
    monkeypatch.chdir(tmp_path)
    assert api.resume("elsewhere/run", until="data").document.verdict == result.document.verdict.model_copy(
        update={"next_action": "bringup run --resume elsewhere/run"}
    )


def test_a_pattern_beside_the_plan(kit, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    for part in range(3):
        kit.write(kit.classes(80, seed=part), home / f"part{part}.csv")
    monkeypatch.chdir(home)
    (home / "plan.toml").write_text(api.plan("part*.csv", target="y").to_toml())
    monkeypatch.chdir(tmp_path)
    assert api.run_plan("home/plan.toml", folder="run", until="plan").document.rows == 240


def test_a_file_called_like_the_kept_copy(kit, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kit.classes().write_parquet("data.parquet")
    api.run("data.parquet", target="y", folder="runs/one", until="data")
    monkeypatch.chdir("/")
    assert api.resume(tmp_path / "runs" / "one", until="data").document.rows == len(kit.classes())


def test_a_test_path_may_be_a_path(kit, tmp_path):
    kit.write(kit.classes(), tmp_path / "train.csv")
    test = kit.write(kit.classes(60, seed=1), tmp_path / "test.csv")
    assert api.plan(tmp_path / "train.csv", target="y", test=test).data.test == str(test)


def test_the_review_names_what_changed(kit, run_small):
    frame = kit.classes().with_columns(y=pl.when(pl.int_range(pl.len()) < 20).then(None).otherwise("y"))
    result = run_small(frame, until="data")
    assert any("220 of 240" in line for line in result.document.plan["review"])
