"""A script, checked from end to end: what is said of it whatever it does."""

import json
import os
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from bringup.capture.process.script import ScriptRun
from bringup.checks import Check
from bringup.diagnosis.diagnosis import Diagnosis
from bringup.diagnosis.script import check_script
from bringup.diagnosis.settings import Settings
from bringup.diagnosis.watched import watched
from bringup.errors import BringupError
from bringup.findings import Family, Finding, Measurement, Severity, Where
from bringup.record import Record

LINE = 12
TRAINING = """\
import torch

torch.manual_seed(0)
x = torch.randn(64, 4)
y = x.sum(dim=1, keepdim=True)
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def step():
    optimizer.zero_grad()
    torch.nn.functional.mse_loss(model(x), y).backward()
    optimizer.step()


"""


@dataclass(frozen=True, kw_only=True)
class TooManySteps(Check):
    """Finds programs that make more steps than a limit."""

    code: ClassVar[str] = "EPO999"
    name: ClassVar[str] = "too-many-steps"
    family: ClassVar[Family] = Family.EPOCHS
    severity: ClassVar[Severity] = Severity.WARNING
    bad: ClassVar[str] = ""
    good: ClassVar[str] = ""
    most_steps: int = 5

    def detect(self, record: Record) -> Iterator[Finding]:
        """Count."""
        program = record.need("program")
        if program.steps > self.most_steps:
            measured = Measurement(name="steps", value=program.steps, unit="step", limit=self.most_steps)
            yield self.finding("It makes many steps", measured, where=Where(file="train.py", line=LINE))


class Watcher:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.printed = b""
        self.run: ScriptRun | None = None

    def output(self, piece: bytes) -> None:
        self.printed += piece

    def ended(self, run: ScriptRun) -> None:
        self.run = run


@pytest.fixture(autouse=True)
def one_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these tests not depend on which checks there are."""
    monkeypatch.setattr("bringup.diagnosis.settings.CHECKS", (TooManySteps(),))
    monkeypatch.setattr("bringup.checks.explain.CHECKS", (TooManySteps(),))


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Diagnosis]:
    """Write a script that can make steps, and check it."""
    monkeypatch.chdir(tmp_path)

    def call(source: str, *args: str, name: str = "train.py", **options) -> Diagnosis:
        script = Path(name)
        script.parent.mkdir(exist_ok=True, parents=True)
        script.write_text(TRAINING + textwrap.dedent(source), encoding="utf-8")
        return check_script(script, args=args, **{"budget": 0, **options})  # what these tests are about needs no probes

    return call


def test_a_healthy_script(check):
    document = check("for _ in range(3):\n    step()\n")
    assert (document.verdict.status, document.verdict.code, document.findings) == ("healthy", None, ())
    assert [(result.code, result.outcome) for result in document.checks] == [("EPO999", "passed")]
    assert document.script == "train.py"
    assert 0 < document.timing.script_s <= document.timing.check_s


def test_a_faulty_script(check):
    document = check("for _ in range(9):\n    step()\n")
    assert (document.verdict.status, document.verdict.code, document.verdict.cause) == ("faulty", "EPO999", "hyperparameters")
    assert document.findings[0].evidence[0].value == 9
    assert Diagnosis.from_json(json.loads(json.dumps(document.to_json()))) == document


FAULTY = "for _ in range(9):\n    step()\n"
WHATEVER_IT_DOES = {
    "catches everything": "try:\n    for _ in range(9):\n        step()\n    raise SystemExit(1)\nexcept BaseException: pass",
    "leaves": f"{FAULTY}import sys; sys.exit(0)",
    "leaves with a code": f"{FAULTY}import sys; sys.exit(3)",
    "leaves with a text": f"{FAULTY}import sys; sys.exit('bye')",
    "leaves at once": f"{FAULTY}import os; os._exit(1)",
    "changes directory": f"import os, tempfile; os.chdir(tempfile.mkdtemp())\n{FAULTY}",
    "reads stdin": f"import sys; sys.stdin.read()\n{FAULTY}",
    "prints a lot": f"{FAULTY}for _ in range(200): print('x' * 100_000)",
    "closes its streams": f"import sys; sys.stdout.close(); sys.stderr.close()\n{FAULTY}",
    "starts processes": f"""
        import subprocess, sys
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        from multiprocessing import get_context
        with get_context("fork").Pool(2) as pool:
            pool.map(abs, [1, 2])
        {textwrap.indent(FAULTY, "        ").strip()}
    """,
    "leaves a thread": f"{FAULTY}import threading, time; threading.Thread(target=time.sleep, args=(0.5,)).start()",
    "handles signals": f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n{FAULTY}",
    "warns": f"import warnings; warnings.simplefilter('error')\n{FAULTY}",
    "defines an exit handler": f"import atexit, os; atexit.register(os._exit, 0)\n{FAULTY}",
}


@pytest.mark.slow
@pytest.mark.parametrize("what", WHATEVER_IT_DOES)
def test_findings_survive(check, what):
    document = check(WHATEVER_IT_DOES[what])
    assert (document.verdict.status, [finding.code for finding in document.findings]) == ("faulty", ["EPO999"])


def test_a_crash_after_some_training(check):
    document = check(f"{FAULTY}raise ValueError('no such file')")
    assert (document.verdict.status, document.verdict.code) == ("crashed", "EPO999")
    assert "ValueError: no such file" in document.verdict.summary


def test_killed_from_outside(check):
    document = check("import os, time\nfor _ in range(60):\n    step()\n    time.sleep(0.05)\nos.kill(os.getpid(), 9)")
    assert document.verdict.status == "crashed"
    assert "SIGKILL" in document.verdict.summary
    assert document.findings


def test_stopped_at_the_limit(check):
    document = check("import time\nwhile True:\n    step()\n    time.sleep(0.01)", settings=Settings(time=12))
    assert document.verdict.status == "faulty"
    assert "time limit" in document.verdict.summary
    assert 12 <= document.timing.script_s < 20


SLOW = [pytest.param(s, marks=pytest.mark.slow) for s in ("", "import sys; sys.exit(2)", "import os; os.kill(os.getpid(), 9)")]


@pytest.mark.parametrize("source", ["model(x)", "raise KeyError(3)", *SLOW])
def test_no_training(check, source):
    document = check(source)
    assert (document.verdict.status, document.verdict.cause, document.verdict.code) == ("not-observed", None, None)
    assert document.verdict.summary.startswith("No training was seen: train.py ")


def test_the_watcher_is_told(check):
    watcher = Watcher()
    check("print('hello')", watcher=watcher)
    assert watcher.printed == b"hello\n"
    assert watcher.run is not None
    assert watcher.run.ending == "finished"


@pytest.mark.parametrize(
    "name",
    [
        "größe mit leer.py",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("deep/er/train.py", "no_suffix", "../outside.py")),
    ],
)
def test_where_it_lies_and_what_it_is_called(check, name):
    assert check(FAULTY, name=name).verdict.code == "EPO999"


def test_arguments_reach_it(check):
    assert check("import sys\nfor _ in range(int(sys.argv[2])):\n    step()", "--steps", "7").findings[0].evidence[0].value == 7


def test_a_comment_silences_it(check):
    source = TRAINING.splitlines(keepends=True)
    source[LINE - 1] = source[LINE - 1].rstrip("\n") + "  # bringup: ignore[EPO]\n"
    Path("train.py").write_text("".join(source) + FAULTY)
    document = check_script("train.py", budget=0)
    assert (document.verdict.status, document.checks[0].outcome) == ("healthy", "ignored")


@pytest.mark.parametrize(
    ("settings", "outcome"),
    [
        pytest.param("[tool.bringup.thresholds.too-many-steps]\nmost_steps = 50\n", "passed", marks=pytest.mark.slow),
        ('[tool.bringup.per-file-ignores]\n"train.*" = ["epochs"]\n', "ignored"),
        pytest.param('[tool.bringup]\nignore = ["EPO999"]\n', "ignored", marks=pytest.mark.slow),
    ],
)
def test_settings_of_the_project_hold(check, settings, outcome):
    Path("pyproject.toml").write_text(settings)
    document = check(FAULTY)
    assert (document.verdict.status, document.checks[0].outcome) == ("healthy", outcome)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("missing.py", None, "no file"),
        ("folder", "", "folder"),
        ("broken.py", "x = 1\ny = (\n", "broken.py:2"),
        ("broken.py", "def f():\nreturn 1\n", "broken.py:2"),
        ("data.csv", "a,b,c\n1 2 3\n", "data.csv:2"),
        ("null.py", "x = 1\0", "null"),
        ("book.ipynb", '{"cells": []}', "notebook"),
    ],
)
def test_what_is_no_script(tmp_path, monkeypatch, name, content, word):
    monkeypatch.chdir(tmp_path)
    if name == "folder":
        os.mkdir(name)
    elif content is not None:
        Path(name).write_text(content)
    with pytest.raises(BringupError) as caught:
        check_script(name)
    assert word in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_value_that_is_not_finite_is_traced_in_a_second_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = f"""{TRAINING}
import sys
print(sys.stdin.read())
open("runs", "a").write("x")
for number in range(40):
    optimizer.zero_grad()
    output = model(x)
    loss = (output - y).square().mean()
    if number == 30:
        loss = loss - 1e-9 * torch.log(output.sum() * 0)
    try:
        loss.backward()
        optimizer.step()
    except BaseException:
        pass
open("runs", "a").write("end")
"""
    Path("train.py").write_text(source)
    line = next(number for number, text in enumerate(source.splitlines(), 1) if "torch.log" in text)
    run, record = watched(Path("train.py"), (), seconds=60)
    assert (run.ending, run.steps) == ("finished", 40)
    assert record.non_finite is not None
    assert record.non_finite.origin is not None
    assert record.non_finite.origin.where == Where(file="train.py", line=line)
    assert Path("runs").read_text() == "xendx"


def test_wrong_settings_are_refused_before_the_script_runs(check):
    with pytest.raises(BringupError):
        check("open('ran', 'w')", settings=Settings(select=("NOPE",)))
    assert not Path("ran").exists()
