"""The Python interface: what it refuses, and what it hands on."""

import polars as pl
import pytest

import bringup
from bringup import api
from bringup.errors import BringupError

FRAME = {"x": list(range(60)), "z": [(n * 37) % 11 for n in range(60)], "y": ["no", "yes"] * 30}


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"target": "yy"}, "`yy`"),
        ({"target": None}, "no target"),
        ({"target": "y", "task": "prophecy"}, "prophecy"),
        ({"target": "y", "roles": {"x": "numbre"}}, "numbre"),
        ({"target": "y", "roles": {"w": "number"}}, "`w`"),
        ({"target": "y", "group": "w"}, "`w`"),
        ({"target": "y", "until": "tomorrow"}, "tomorrow"),
        ({"target": "y", "task": "regression"}, "regression"),
    ],
)
def test_wrong_options(tmp_path, options, word):
    with pytest.raises(BringupError) as caught:
        bringup.run(FRAME, folder=tmp_path / "run", **{"until": "data", **options})
    assert word in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("data", [7, None, [1, 2], object(), "missing.csv", {"x": 3}])
def test_what_is_no_table(tmp_path, data):
    with pytest.raises(BringupError) as caught:
        bringup.run(data, target="y", folder=tmp_path / "run")
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_a_plan_and_its_options():
    made = bringup.plan(
        FRAME, target="y", seed=3, seeds=2, max_rows=50, scale="variance", ignore=["SIZ101"], roles={"x": "dropped"}
    )
    assert (made.seed, made.budget.seeds, made.data.read, made.prepare.scale) == (3, 2, 50, "variance")
    assert (made.ignore, made.roles) == (("SIZ101",), {"x": "dropped"})
    assert [model.name for model in made.ladder] == ["constant", "linear", "mlp", "trees"]
    assert made.infrastructure.estimated_seconds > 0


def test_no_run_there(tmp_path):
    for call in (api.read_run, api.resume):
        with pytest.raises(BringupError, match="run"):
            call(tmp_path / "missing")
        with pytest.raises(BringupError, match="run"):
            call(tmp_path)


def test_new_folders_are_numbered(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pl.DataFrame(FRAME).write_csv("a table.csv")
    first, second = (bringup.run("a table.csv", target="y", until="plan").folder for _ in range(2))
    assert [str(first), str(second)] == ["runs/a-table-1", "runs/a-table-2"]


def test_a_model_of_a_file_without_header_reads_the_same(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("\n".join(f"{n},{(n * 37) % 11},{'yes' if (n * 37) % 11 > 5 else 'no'}" for n in range(60)))
    made = api.plan(path, target="y", names=["x", "z", "y"], seeds=1)
    ladder = tuple(model for model in made.ladder if model.kind in ("constant", "linear"))
    budget = made.budget.model_copy(update={"trials": 0})
    (tmp_path / "plan.toml").write_text(made.model_copy(update={"ladder": ladder, "budget": budget}).to_toml())
    result = api.run_plan(tmp_path / "plan.toml", folder=tmp_path / "run", keep_going=True)
    assert len(result.predict(path)) == 60


def test_a_script_is_checked(tmp_path):
    script = tmp_path / "train.py"
    script.write_text("import sys; print(sys.argv); raise SystemExit(sys.argv[1])")
    document = api.check_script(script, args=["no data"], select=["LOS"], time=30)
    assert document.verdict.status == "not-observed"
    assert {check.code[:3] for check in document.checks if check.outcome != "ignored"} == {"LOS"}
    with pytest.raises(BringupError, match="NOPE"):
        api.check_script(script, ignore=["NOPE"])
