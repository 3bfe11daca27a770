"""`bringup check`: what stands on which stream, and what the shell is told."""

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bringup.capture.process.script import ScriptRun
from bringup.cli.watching import LastLine, PassOn, Silent, watching

OUTPUT = b"epoch 1 loss 0.5\n\x1b[31mepoch 2 loss 0.4\n"


class FakeScript:
    """Stands in for running a script: prints, and ends as it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[str, ...], dict[str, Any]]] = []
        self.how: dict[str, Any] = {}

    def run(self, script: Path, args: Sequence[str], *, on_output: Callable[[bytes], None] | None, **options: Any) -> ScriptRun:
        self.calls.append((str(script), tuple(args), options))
        if on_output:
            on_output(OUTPUT)
        given: dict[str, Any] = {"ending": "finished", "seconds": 1.5, "exit_code": 0, "steps": 100, "backwards": 100}
        return ScriptRun(**(given | {"output_tail": OUTPUT.decode()} | self.how))


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeScript:
    """A script that was run without being run; the checks find what they find in a program of which nothing was seen."""
    fake = FakeScript()
    monkeypatch.setattr("bringup.diagnosis.watched.run_script", fake.run)
    monkeypatch.setattr("bringup.diagnosis.script.Trials", lambda *args, **options: nullcontext())  # and none again
    monkeypatch.chdir(tmp_path)
    Path("train.py").write_text("x = 1\ny = 2\n")
    return fake


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch, finding_of) -> Callable[..., None]:
    """Let the checks find something."""

    def find(*severities: str) -> None:
        from bringup.findings import Severity

        findings = tuple(finding_of(Severity(severity)) for severity in severities)
        monkeypatch.setattr("bringup.diagnosis.examining.run_checks", lambda *args, **options: (findings, ()))

    return find


@pytest.mark.parametrize(
    ("severities", "how", "code"),
    [
        ((), {}, 0),
        (("note",), {}, 0),
        (("warning",), {}, 1),
        (("error",), {}, 1),
        ((), {"ending": "raised", "exit_code": 1, "error": "KeyError: 1"}, 1),
        ((), {"steps": 0, "backwards": 0}, 3),
        ((), {"ending": "exited", "exit_code": 3}, 0),
        (("error",), {"ending": "stopped", "stopped_by": "limit"}, 1),
        ((), {"ending": "stopped", "stopped_by": "person"}, 130),
    ],
)
@pytest.mark.parametrize("format", ["text", "json"])
def test_exit_codes(bringup, script, found, severities, how, code, format):
    found(*severities)
    script.how = how
    called = bringup("check", "train.py", "--format", format)
    assert called.code == code
    assert called.out


def test_json_stands_alone_on_stdout(bringup, script):
    content = json.loads(bringup("check", "train.py", "--format", "json").out)
    assert (content["schema"], content["script"], content["verdict"]["status"]) == (1, "train.py", "healthy")
    assert content["timing"]["script_s"] == 1.5


def test_the_other_formats(bringup, script, found):
    found("error")
    assert json.loads(bringup("check", "train.py", "--format", "sarif").out)["version"] == "2.1.0"
    assert bringup("check", "train.py", "--format", "github").out.startswith("::error file=train.py,line=1,")
    assert bringup("check", "train.py", "--format", "html").out.startswith("<!doctype html>")
    assert "LEK102" in bringup("check", "train.py").out
    found()
    assert bringup("check", "train.py", "--format", "github").out == ""


@pytest.mark.parametrize(
    ("name", "options", "begins"),
    [
        ("x.json", (), "{"),
        ("x.sarif", (), "{"),
        ("x.html", (), "<!doctype"),
        ("x.txt", (), "train.py"),
        ("x", ("--format", "json"), "{"),
        ("deep/x.json", ("--format", "html"), "<!doctype"),
    ],
)
def test_a_file_gets_the_result_and_stdout_the_text(bringup, script, name, options, begins):
    called = bringup("check", "train.py", "-o", name, *options)
    assert Path(name).read_text().startswith(begins)
    assert "Healthy" in called.out
    assert name in called.sentence


def test_arguments_go_to_the_script(bringup, script):
    bringup("check", "train.py", "--time", "7", "--", "--lr", "0.1", "--time", "9", "--", "x")
    [(name, args, options)] = script.calls
    assert (name, args, options["seconds"]) == ("train.py", ("--lr", "0.1", "--time", "9", "--", "x"), 7)
    bringup("check", "train.py", "plain")
    assert script.calls[1][1] == ("plain",)


@pytest.mark.parametrize(("options", "seconds"), [((), 600), (("--time", "0"), None), (("--time", "0.5"), 0.5)])
def test_the_time_limit(bringup, script, options, seconds):
    bringup("check", "train.py", *options)
    assert script.calls[0][2]["seconds"] == seconds


def test_the_command_line_wins_over_the_file(bringup, script):
    Path("pyproject.toml").write_text('[tool.bringup]\ntime = 3\nselect = ["NUM"]\n')
    content = json.loads(bringup("check", "train.py", "--format", "json").out)
    assert {check["code"][:3] for check in content["checks"] if check["outcome"] != "ignored"} == {"NUM"}
    assert script.calls[0][2]["seconds"] == 3
    content = json.loads(bringup("check", "train.py", "--format", "json", "--select", "LOS,UPD", "--time", "4").out)
    assert {check["code"][:3] for check in content["checks"] if check["outcome"] != "ignored"} == {"LOS", "UPD"}
    assert script.calls[1][2]["seconds"] == 4


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("missing.py",), "missing.py"),
        (("missing.py",), "train.py"),
        ((".",), "folder"),
        (("broken.py",), "broken.py:2"),
        (("train.py", "--select", "NOPE"), "NOPE"),
        (("train.py", "--ignore", "NOPE"), "NOPE"),
        (("train.py", "-o", "broken.py/x.json"), "broken.py"),
        (("train.py", "-o", "."), "folder"),
    ],
)
def test_wrong_use_is_one_sentence(bringup, script, arguments, word):
    Path("broken.py").write_text("x = 1\nif x\n")
    called = bringup("check", *arguments)
    assert (called.code, called.out) == (2, "")
    assert word in called.sentence
    assert not script.calls


def test_a_broken_configuration_is_one_sentence(bringup, script):
    for text in ("[tool.bringup", "[tool.bringup]\nx = 1", "[tool.bringup.thresholds.target-copy]\nx = 1"):
        Path("pyproject.toml").write_text(text)
        called = bringup("check", "train.py")
        assert (called.code, called.out) == (2, "")
        assert called.sentence
    assert not script.calls


@pytest.mark.parametrize(
    "arguments", [(), ("train.py", "--no-such"), ("train.py", "--time", "-1"), ("train.py", "--format", "xml")]
)
def test_wrong_usage(bringup, script, arguments):
    called = bringup("check", *arguments)
    assert (called.code, called.out) == (2, "")
    assert not script.calls


def test_its_output_is_kept_apart_unless_asked_for(bringup, script):
    assert bringup("check", "train.py").err == ""
    called = bringup("check", "train.py", "--show-output", "--format", "json")
    assert "epoch 2 loss 0.4" in called.err
    assert json.loads(called.out)


def test_the_last_lines_of_a_script_that_failed_are_shown(bringup, script):
    script.how = {"ending": "raised", "exit_code": 1, "error": "KeyError: 1"}
    called = bringup("check", "train.py", "--format", "json")
    assert "  epoch 1 loss 0.5\n" in called.err
    assert "\x1b" not in called.err
    assert bringup("check", "train.py", "--quiet").err == ""
    assert bringup("check", "train.py", "--show-output").err.count("epoch 1") == 1


def test_what_could_not_be_watched_is_said(bringup, script):
    script.how = {"troubles": ("Losses: KeyError: 1",)}
    called = bringup("check", "train.py")
    assert "Losses: KeyError: 1" in called.sentence
    assert called.code == 0


def test_a_check_that_breaks_is_said(bringup, script, monkeypatch):
    from bringup.findings import CheckResult, Outcome

    broken = CheckResult(code="NUM101", name="non-finite-loss", outcome=Outcome.CRASHED, reason="KeyError: 1")
    monkeypatch.setattr("bringup.diagnosis.examining.run_checks", lambda *args, **options: ((), (broken,)))
    called = bringup("check", "train.py", "--format", "json")
    assert "KeyError: 1" in called.sentence
    assert called.code == 0


def test_a_stream_that_is_no_terminal_gets_no_moving_line():
    with watching("train.py") as watcher:
        assert type(watcher) is Silent
    with watching("train.py", show_output=True) as watcher:
        assert type(watcher) is PassOn


def test_the_moving_line_holds_the_last_thing_printed():
    out = io.StringIO()
    line = LastLine(Console(file=out, force_terminal=True, width=60, color_system=None), "train.py")
    line.console.print(line.draw())
    line.output(b"epoch 1\n10 %\r50 %\rhalf \xff done" + b"\n")
    line.console.print(line.draw())
    line.output(b"x" * 100_000)
    line.console.print(line.draw())
    lines = out.getvalue().splitlines()
    assert len(lines) == 3
    assert "half \N{REPLACEMENT CHARACTER} done" in lines[1]
    assert len(lines[2]) <= 60


def test_help_is_instant_and_loads_nothing_heavy():
    program = """
import sys
sys.argv = ["bringup", "check", "--help"]
from bringup.cli import main
try:
    main()
except SystemExit:
    print(*{name.split(".")[0] for name in sys.modules}, file=sys.stderr)
"""
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert time.monotonic() - began < 2  # 0.13 s on an idle machine
    assert "--show-output" in done.stdout
    assert not {"torch", "numpy", "polars", "jinja2"} & set(done.stderr.split())


def test_the_command_as_a_shell_calls_it(tmp_path):
    (tmp_path / "train.py").write_text("import sys\nprint('noise')\nprint('noise', file=sys.stderr)\nsys.exit(7)\n")
    program = "from bringup.cli import main; main()"
    command = [sys.executable, "-c", program, "check", "train.py", "--format", "json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 3
    assert json.loads(done.stdout)["verdict"]["status"] == "not-observed"
