"""Each command: what it hands to the recipe, and what it prints where."""

import json

import polars as pl
import pytest

import bringup as package


def test_version(bringup):
    assert bringup("--version").out == f"bringup {package.__version__}\n"


@pytest.mark.parametrize("command", ["run", "plan", "predict", "report", "explain"])
def test_help(bringup, command):
    called = bringup(command, "--help")
    assert (called.code, called.err) == (0, "")
    assert f"bringup {command}" in called.out
    assert command in bringup("--help").out


def test_run_hands_over_only_what_was_given(bringup, recipe):
    bringup("run", "people.csv", "--target", "income")
    assert recipe.calls == [("run", ("people.csv",), {"target": "income"})]


def test_run_hands_over_every_option(bringup, recipe, tmp_path):
    bringup(
        *(
            "run",
            "people.db",
            "--target",
            "income",
            "--test",
            "test.csv",
            "--query",
            "people",
            "--names",
            "a, b",
            "--task",
            "regression",
        ),
        *(
            "--role",
            "zip=category",
            "--role",
            "a=b=number",
            "--drop",
            "id",
            "--group",
            "family",
            "--time",
            "day",
            "--max-rows",
            "9",
        ),
        *("--seed", "3", "--seeds", "5", "--scale", "variance", "--folder", tmp_path, "--until", "train", "--keep-going"),
        *("--select", "LEK,LAB101", "--select", "size", "--ignore", "SIZ101"),
    )
    assert recipe.calls == [
        (
            "run",
            ("people.db",),
            {
                "target": "income",
                "test": "test.csv",
                "query": "people",
                "names": ["a", "b"],
                "task": "regression",
                "roles": {"zip": "category", "a=b": "number", "id": "dropped"},
                "group": "family",
                "time": "day",
                "max_rows": 9,
                "seed": 3,
                "seeds": 5,
                "scale": "variance",
                "folder": tmp_path,
                "until": "train",
                "keep_going": True,
                "select": ("LEK", "LAB101", "size"),
                "ignore": ("SIZ101",),
            },
        )
    ]


def test_run_a_plan(bringup, recipe, tmp_path):
    bringup("run", tmp_path / "plan.toml", "--until", "data")
    assert recipe.calls == [("run_plan", (tmp_path / "plan.toml",), {"until": "data"})]


def test_resume(bringup, recipe, tmp_path):
    bringup("run", "--resume", tmp_path, "--keep-going")
    assert recipe.calls == [("resume", (tmp_path,), {"keep_going": True})]


def test_json_is_one_document_and_nothing_else_on_stdout(bringup, recipe):
    recipe.chatter = "a library prints this\n"
    called = bringup("run", "people.csv", "--target", "income", "--format", "json")
    assert json.loads(called.out)["target"] == "income"
    assert "a library prints this" in called.err


def test_text_names_the_report(bringup, recipe):
    called = bringup("run", "people.csv", "--target", "income")
    assert recipe.document.verdict.summary in called.out
    assert "report.html" in "".join(called.out.split())  # a long path is folded


def test_progress_goes_to_stderr_line_by_line_without_a_terminal(bringup, recipe):
    called = bringup("run", "people.csv", "--format", "json")
    lines = called.err.splitlines()
    assert [line.split() for line in lines] == [["a", "note"], ["✓", "data", "100", "rows", "0.1", "s"]]
    assert "\x1b" not in called.err + called.out
    assert bringup("run", "people.csv", "--format", "json", "--quiet").err == ""


def test_plan_prints_toml(bringup, recipe, tmp_path):
    called = bringup("plan", "people.csv", "--target", "income", "--drop", "id")
    assert called.out == recipe.to_toml()
    assert recipe.calls == [("plan", ("people.csv",), {"target": "income", "roles": {"id": "dropped"}})]
    assert bringup("plan", "people.csv", "-o", tmp_path / "plan.toml").out == ""
    assert (tmp_path / "plan.toml").read_text() == recipe.to_toml()


def test_predict_prints_csv(bringup, recipe, tmp_path):
    called = bringup("predict", tmp_path, "new.csv", "--names", "a,b")
    assert called.out == "prediction,yes\nno,0.25\nyes,0.75\n"
    assert recipe.calls == [("predict", (tmp_path, "new.csv"), {"query": None, "names": ["a", "b"]})]


@pytest.mark.parametrize(("suffix", "read"), [(".csv", pl.read_csv), (".parquet", pl.read_parquet), (".jsonl", pl.read_ndjson)])
def test_predict_writes_a_file(bringup, recipe, tmp_path, suffix, read):
    path = tmp_path / f"out{suffix}"
    assert bringup("predict", tmp_path, "new.csv", "-o", path).out == ""
    assert read(path)["prediction"].to_list() == ["no", "yes"]


def test_predict_into_a_folder_that_cannot_be_written(bringup, recipe, tmp_path):
    (tmp_path / "file").write_text("")
    called = bringup("predict", tmp_path, "new.csv", "-o", tmp_path / "file" / "out.csv")
    assert called.code == 2
    assert "cannot write" in called.sentence


def test_report_draws_again(bringup, run_folder):
    assert json.loads(bringup("report", run_folder, "--format", "json").out)["rows"] == 100
    assert "The model is good." in bringup("report", run_folder, "--format", "text").out
    called = bringup("report", run_folder)
    assert called.out == f"{run_folder / 'report.html'}\n"
    assert "The model is good." in (run_folder / "report.html").read_text()


def test_report_opens_the_browser(bringup, run_folder, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address: opened.append(address) or False)
    called = bringup("report", run_folder, "--open")
    assert opened == [(run_folder / "report.html").as_uri()]
    assert "no browser" in called.sentence


def test_explain_lists_all_checks(bringup):
    from bringup.checks import CHECKS

    listed = bringup("explain").out
    assert all(check.code in listed and check.name in listed for check in CHECKS)


def test_explain_one_check(bringup):
    from bringup.checks import CHECKS, SECTIONS

    for check in CHECKS[:1]:
        text = bringup("explain", check.code).out
        assert all(section in text for section in SECTIONS)


@pytest.mark.parametrize("name", ["LEK", "leakage"])
def test_explain_a_family(bringup, name):
    from bringup.checks import CHECKS

    listed = [check.code for check in CHECKS if check.code in bringup("explain", name).out]
    assert listed == [check.code for check in CHECKS if check.family == "leakage"]
    assert len(listed) > 1


def test_explain_an_unknown_code(bringup):
    called = bringup("explain", "XYZ999")
    assert (called.code, called.out) == (2, "")
    assert "XYZ999" in called.sentence
