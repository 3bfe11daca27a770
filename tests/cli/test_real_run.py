"""The commands on a small real table, one after the other, with nothing put in place of anything."""

import json
import random
import tomllib
from pathlib import Path

import polars as pl
import pytest


@pytest.fixture(scope="module")
def people(tmp_path_factory) -> Path:
    random.seed(0)
    rows = []
    for _ in range(400):
        age, hours, school = random.randint(18, 80), random.randint(10, 60), random.choice(["none", "college", "master"])
        score = age / 20 + hours / 15 + 2 * (school == "master") + random.gauss(0, 0.5)
        rows.append(f"{age},{hours},{school},{'high' if score > 5.5 else 'low'}")
    path = tmp_path_factory.mktemp("data") / "people.csv"
    path.write_text("\n".join(["age,hours,school,income", *rows, ""]))
    return path


def test_until_data_leaves_a_report(bringup, people, tmp_path):
    folder = tmp_path / "run"
    called = bringup("run", people, "--target", "income", "--until", "data", "--folder", folder, "--format", "json")
    assert called.code in (0, 1), called.err
    document = json.loads(called.out)
    assert document == json.loads((folder / "run.json").read_text())
    assert [step["step"] for step in document["steps"] if step["status"] != "skipped"] == ["plan", "data"]
    assert Path(document["report"]).is_file()
    assert "data" in called.err


def test_a_plan_can_be_run(bringup, people, tmp_path):
    called = bringup("plan", people, "--target", "income")
    assert (called.code, called.err) == (0, "")
    assert tomllib.loads(called.out)["data"]["target"] == "income"
    (tmp_path / "plan.toml").write_text(called.out)
    assert bringup("run", tmp_path / "plan.toml", "--until", "data", "--quiet", "--folder", tmp_path / "run").code in (0, 1)


def test_a_plan_with_an_unknown_key(bringup, people, tmp_path):
    (tmp_path / "plan.toml").write_text("surprise = 1\n" + bringup("plan", people, "--target", "income").out)
    called = bringup("run", tmp_path / "plan.toml", "--quiet", "--folder", tmp_path / "run")
    assert (called.code, called.out) == (2, "")
    assert "surprise" in called.sentence


@pytest.mark.slow
def test_the_whole_of_it(bringup, people, tmp_path):
    folder = tmp_path / "run"
    called = bringup("run", people, "--target", "income", "--folder", folder, "--keep-going", "--format", "json")
    document = json.loads(called.out)
    assert document["verdict"]["status"] in ("good", "held-back"), called.err
    assert document["metrics"]["test"]["accuracy"] > 0.75
    assert sum(candidate["chosen"] for candidate in document["candidates"]) == 1

    predicted = pl.read_csv(bringup("predict", folder, people).out.encode())
    assert len(predicted) == 400

    (folder / "report.html").unlink()
    assert bringup("report", folder).out.strip() == str(folder / "report.html")
    assert (folder / "report.html").is_file()
