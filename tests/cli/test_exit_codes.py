"""Whatever happens: one sentence, the right code, no traceback."""

import errno
from pathlib import Path

import pytest

from bringup.errors import BringupError
from bringup.findings import Severity


@pytest.mark.parametrize(
    ("status", "severities", "code"),
    [
        ("good", (), 0),
        ("good", (Severity.NOTE,), 0),
        ("good", (Severity.NOTE, Severity.WARNING), 1),
        ("good", (Severity.ERROR,), 1),
        ("held-back", (), 1),
        ("stopped", (), 0),
    ],
)
def test_the_exit_code_tells_whether_anything_was_found(bringup, recipe, finding_of, status, severities, code):
    verdict = recipe.document.verdict.model_copy(update={"status": status})
    recipe.document = recipe.document.model_copy(update={"verdict": verdict, "findings": tuple(map(finding_of, severities))})
    assert bringup("run", "people.csv", "--target", "income", "--format", "json").code == code


def test_an_error_of_the_person_is_one_sentence(bringup, recipe):
    recipe.error = BringupError("no column `incme`", there="the nearest name\nis `income`", do="name it with --target")
    called = bringup("run", "people.csv", "--target", "incme", "--quiet")
    assert (called.code, called.out) == (2, "")
    assert called.sentence == "bringup: no column `incme`: the nearest name is `income`; name it with --target"


def test_a_defect_of_ours_is_one_sentence_and_a_saved_traceback(bringup, recipe, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    recipe.error = KeyError("surprise")
    called = bringup("run", "people.csv", "--quiet")
    assert (called.code, called.out) == (70, "")
    [saved] = tmp_path.glob("bringup-*.txt")
    assert str(saved) in called.sentence
    assert "KeyError: 'surprise'" in saved.read_text()
    assert "Traceback" not in called.err


def test_debug_shows_the_traceback(bringup, recipe):
    recipe.error = BringupError("no such file")
    called = bringup("--debug", "run", "people.csv", "--quiet")
    assert called.code == 2
    assert "Traceback" in called.err


@pytest.mark.parametrize(
    ("status", "summary", "code"), [("failed", "flat", 1), ("skipped", "not reached", 0), ("skipped", "interrupted", 130)]
)
def test_the_steps_have_their_say(bringup, recipe, status, summary, code):
    step = recipe.document.steps[0].model_copy(update={"status": status, "summary": summary})
    recipe.document = recipe.document.model_copy(update={"steps": (step,)})
    called = bringup("run", "people.csv", "--format", "json", "--quiet")
    assert called.code == code
    if code == 130:
        assert f"--resume {recipe.folder}" in called.sentence


def test_interrupted(bringup, recipe):
    recipe.error = KeyboardInterrupt()
    called = bringup("run", "people.csv", "--quiet")
    assert called.code == 130
    assert "kept" in called.sentence


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOSPC, "No space left on device", "runs/x"),
        PermissionError(errno.EACCES, "Permission denied", "/x"),
    ],
)
def test_what_the_machine_lacks_is_no_defect_of_ours(bringup, recipe, error):
    recipe.error = error
    called = bringup("run", "people.csv", "--quiet")
    assert (called.code, called.out) == (2, "")
    assert called.sentence


@pytest.mark.parametrize(
    "arguments",
    [
        ("rn",),
        ("run", "people.csv", "--no-such-option"),
        ("run", "people.csv", "--seed", "many"),
        ("run", "people.csv", "--max-rows", "0"),
        ("run", "people.csv", "--format", "xml"),
        ("predict",),
    ],
)
def test_wrong_usage_is_coded_2(bringup, recipe, arguments):
    called = bringup(*arguments)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("Usage: ")
    assert not recipe.calls


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("run",), "DATA"),
        (("plan",), "DATA"),
        (("run", "people.csv", "--resume", "runs/x"), "DATA"),
        (("run", "--resume", "runs/x", "--seed", "1"), "--seed"),
        (("run", "--resume", "runs/x", "--folder", "runs/y"), "--folder"),
        (("run", "plan.toml", "--max-rows", "5"), "--max-rows"),
        (("run", "people.csv", "--task", "prophecy"), "classification"),
        (("run", "people.csv", "--role", "zip"), "COLUMN=ROLE"),
        (("run", "people.csv", "--role", "zip=postcode"), "category"),
        (("run", "people.csv", "--until", "tomorrow"), "overfit-one-batch"),
        (("predict", "runs/x", "new.csv", "-o", "out.xlsx"), ".parquet"),
    ],
)
def test_wrong_values_say_what_would_be_right(bringup, recipe, arguments, word):
    called = bringup(*arguments)
    assert (called.code, called.out) == (2, "")
    assert word in called.sentence
    assert not recipe.calls


@pytest.mark.parametrize("name", ["", "run.json", "record.json"])
def test_a_folder_that_is_no_run(bringup, run_folder: Path, name: str):
    (run_folder / name).unlink() if name else None
    called = bringup("report", run_folder if name else run_folder / "missing", "--format", "json")
    assert (called.code, called.out) == (2, "")
    assert called.sentence


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"schema": 7}'])
def test_a_damaged_run(bringup, run_folder: Path, content: str):
    (run_folder / "run.json").write_text(content)
    called = bringup("report", run_folder, "--format", "json")
    assert (called.code, called.out) == (2, "")
    assert "run.json" in called.sentence
