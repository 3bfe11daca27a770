"""A watched script sees what it would see alone, and what it did is kept whatever it does."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bringup.capture.captured import Captured, read_capture
from bringup.capture.process.script import ScriptRun, run_script

TRAINING = """
import torch
def train(steps=3, pause=0.0):
    import time
    torch.manual_seed(0)
    model = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(torch.randn(8, 4)), torch.randn(8, 1)).backward()
        optimizer.step()
        time.sleep(pause)
"""


@dataclass(frozen=True)
class Seen:
    """How a script ended and what was seen of it."""

    run: ScriptRun
    captured: Captured | None


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A folder for a program."""
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "training.py").write_text(TRAINING)
    return folder


@pytest.fixture
def watch(program: Path, tmp_path: Path) -> Callable[..., Seen]:
    """Write a script into the program's folder and run it, watched."""

    def call(source: str, *args: str, name: str = "script.py", **options) -> Seen:
        (program / name).write_text(source, encoding="utf-8")
        folder = tmp_path / "seen"
        folder.mkdir(exist_ok=True)
        return Seen(run_script(program / name, args, folder=folder, **options), read_capture(folder))

    return call


SELF_PORTRAIT = """
import gc, inspect, json, os, random, sys, threading, warnings
def here():
    "What stands here."
first = random.Random(1).random()
names = ["__annotations__", "__cached__", "__doc__", "__file__", "__name__", "__package__", "__spec__"]
print(json.dumps({
    "argv": sys.argv, "original": sys.orig_argv[1:], "path": sys.path, "folder": os.getcwd(),
    "main": {name: repr(globals().get(name)) for name in names},
    "names": sorted(name for name in globals() if name.startswith("__")),
    "is main": sys.modules["__main__"].__dict__ is globals(),
    "builtins": type(__builtins__).__name__,
    "loader": [type(__loader__).__name__, __loader__.name, __loader__.path],
    "source": inspect.getsource(here), "file": here.__code__.co_filename,
    "environment": dict(os.environ), "filters": repr(warnings.filters), "flags": repr(sys.flags),
    "threads": threading.active_count(), "hook": sys.excepthook is sys.__excepthook__,
    "gc": [gc.isenabled(), gc.get_threshold()], "limit": sys.getrecursionlimit(), "encoding": sys.stdout.encoding,
    "heavy": sorted({"numpy", "torch", "rich"} & set(sys.modules)), "annotated": globals()["__annotations__"],
}))
"""


@pytest.mark.parametrize("how", ["absolute", "relative", "with a dot", "from elsewhere", "through a link"])
def test_it_sees_what_it_would_see_alone(program, tmp_path, monkeypatch, how):
    script = program / "größe 1.py"
    script.write_text(SELF_PORTRAIT, encoding="utf-8")
    monkeypatch.chdir(program)
    if how == "from elsewhere":
        monkeypatch.chdir(tmp_path)
    if how == "through a link":
        (tmp_path / "link.py").symlink_to(script)
        script = tmp_path / "link.py"
    name = {"absolute": str(script), "with a dot": f"./{script.name}"}.get(how, os.path.relpath(script))
    arguments = [name, "--lr", "-1", "", "ü"]
    alone = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)
    (tmp_path / "seen").mkdir()
    seen = run_script(name, arguments[1:], folder=tmp_path / "seen")
    assert json.loads(seen.output_tail) == json.loads(alone.stdout)


FAILING = """
import helper
class Odd(Exception):
    pass
def fail():
    try:
        helper.fail()
    except KeyError as error:
        raise Odd("two\\nlines") from error
fail()
"""
UNRAISED = ["def f(:\n    pass\n", "\tx = 1\n  y = 2\n", "x = 'never closed\n", "raise SystemExit('bye')"]


@pytest.mark.parametrize("source", [FAILING, *UNRAISED])
def test_an_exception_is_printed_as_python_would(watch, program, source):
    (program / "helper.py").write_text("def fail():\n    {}['x']\n")
    seen = watch(source).run
    alone = subprocess.run([sys.executable, str(program / "script.py")], capture_output=True, text=True, check=False)
    assert seen.output_tail == alone.stderr
    assert seen.exit_code == alone.returncode


def test_our_frames_are_not_in_the_traceback(watch):
    source = """
import torch
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(4, 1)
    def forward(self, x):
        return self.linear(x)
Net()(torch.ones(2, 3))
"""
    seen = watch(source).run
    assert "mat1 and mat2" in (seen.error or "")
    assert "/bringup/" not in seen.output_tail


def test_a_hook_for_exceptions_is_the_scripts_own(watch):
    assert (
        watch("import sys\nsys.excepthook = lambda *a: print('mine', a[0].__name__)\n1 / 0").run.output_tail
        == "mine ZeroDivisionError\n"
    )
    broken = watch("import sys\nsys.excepthook = lambda *a: [][0]\n1 / 0").run
    assert "IndexError" in broken.output_tail
    assert "ZeroDivisionError" in broken.output_tail
    assert watch("import sys\nsys.excepthook = lambda *a: sys.exit(7)\n1 / 0").run.exit_code == 7


ENDINGS = {
    "end": "",
    "exit": "import sys; sys.exit(3)",
    "os._exit": "import os; os._exit(3)",
    "exception": "raise ValueError",
    "everything caught": "try:\n    raise ValueError\nexcept BaseException: pass",
    "terminated": "import os, signal, time; os.kill(os.getpid(), signal.SIGTERM); time.sleep(9)",
    "interrupted": "import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(9)",
    "closed streams": "import sys; sys.stdout.close(); sys.stderr.close()",
    "changed folder": "import os; os.chdir('/')",
    "own handler": "import signal, os, sys; signal.signal(15, lambda *a: sys.exit(0)); os.kill(os.getpid(), 15)",
    "exit handler": "import atexit, os; atexit.register(os._exit, 1)",
    "forked": "import os\nif os.fork() == 0:\n    train(50)\n    os._exit(1)\nos.wait()",
    "forked child goes on": "import os\nif os.fork() == 0:\n    train(50)",
    "forked in a thread": "import os, threading as t\nx = t.Thread(target=lambda: os.fork() or os._exit(0))\nx.start()",
}


QUICK = ("end", "os._exit", "exception", "terminated", "changed folder", "forked child goes on")


@pytest.mark.parametrize("ending", [e if e in QUICK else pytest.param(e, marks=pytest.mark.slow) for e in ENDINGS])
def test_what_was_seen_is_kept_however_it_ends(watch, ending):
    seen = watch(f"from training import train\ntrain(3)\n{ENDINGS[ending]}\n")
    assert (seen.run.steps, seen.run.backwards, seen.run.frameworks) == (3, 3, ("torch",))
    assert seen.captured is not None
    assert seen.captured.record.calls is not None
    assert [call.calls for call in seen.captured.record.calls] == [3]
    assert not seen.run.troubles


def test_little_is_lost_when_it_is_killed(watch):
    source = "from training import train\nimport os\ntrain(60, pause=0.05)\nos.kill(os.getpid(), 9)"
    seen = watch(source)
    assert (seen.run.ending, seen.run.signal) == ("killed", "SIGKILL")
    assert 20 < seen.run.steps < 60
    assert seen.captured is not None
    assert seen.captured.record.calls is not None


def test_what_was_seen_is_kept_of_a_script_that_ignores_its_end(watch, monkeypatch):
    monkeypatch.setattr("bringup.capture.process.script.GRACE_SECONDS", 2.5)
    source = "from training import train\nimport signal\nsignal.signal(15, signal.SIG_IGN)\ntrain(10_000, pause=0.02)"
    seen = watch(source, seconds=12)
    assert (seen.run.ending, seen.run.signal) == ("stopped", "SIGKILL")
    assert seen.captured is not None
    assert seen.run.steps > 10


def test_a_script_that_loses_its_watcher_ends(watch, program, tmp_path):
    (program / "script.py").write_text(
        "from training import train\nimport os\nopen('pid', 'w').write(str(os.getpid()))\ntrain(10_000, pause=0.05)"
    )
    program_text = f"""
import sys, threading, os
from pathlib import Path
from bringup.capture.process.script import run_script
threading.Timer(6, os.kill, (os.getpid(), 9)).start()
run_script({str(program / "script.py")!r}, folder=Path({str(tmp_path)!r}))
"""
    subprocess.run([sys.executable, "-c", program_text], cwd=program, check=False)
    pid = int((program / "pid").read_text())
    for _ in range(100):
        try:
            if "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]:
                return
        except FileNotFoundError:
            return
        import time

        time.sleep(0.1)
    pytest.fail("it still runs")


PROCESSES = {
    "fork": "multiprocessing.get_context('fork')",
    "spawn": "multiprocessing.get_context('spawn')",
    "forkserver": "multiprocessing.get_context('forkserver')",
}


@pytest.mark.parametrize(
    "method", ["fork", *(pytest.param(method, marks=pytest.mark.slow) for method in ("spawn", "forkserver"))]
)
def test_processes_of_its_own(watch, method):
    source = f"""
import multiprocessing, os, signal, sys, time
from training import train

def work(n):
    return n * n

def loop():
    train(5)
    time.sleep(99)

if __name__ == "__main__":
    context = {PROCESSES[method]}
    train(2)
    with context.Pool(2) as pool:
        print(sum(pool.map(work, range(4))))
    process = context.Process(target=sys.exit, args=(5,))
    process.start()
    process.join()
    print(process.exitcode)
    process = context.Process(target=loop)
    process.start()
    time.sleep(0.5)
    process.terminate()
    process.join()
    print(process.exitcode)
    train(1)
"""
    seen = watch(source)
    assert seen.run.output_tail.split() == ["14", "5", "-15"]
    assert (seen.run.ending, seen.run.backwards) == ("finished", 3)


@pytest.mark.parametrize(("workers", "persistent"), [(0, False), (2, True), pytest.param(2, False, marks=pytest.mark.slow)])
def test_workers_that_load_data(watch, workers, persistent):
    source = f"""
import warnings

import torch
from torch.utils.data import DataLoader, TensorDataset

warnings.simplefilter("ignore")  # on one core: that two workers are too many
data = TensorDataset(torch.randn(32, 4), torch.randn(32, 1))
loader = DataLoader(data, batch_size=8, num_workers={workers}, persistent_workers={persistent and workers > 0})
model = torch.nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(2):
    for x, y in loader:
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
"""
    seen = watch(source)
    assert (seen.run.ending, seen.run.steps, seen.run.output_tail) == ("finished", 8, "")


def test_modules_named_like_ours_are_not_taken_for_them(watch, program):
    for name in ("bringup", "json", "keeper", "session"):
        (program / f"{name}.py").write_text("raise RuntimeError('not this one')\n")
    seen = watch("from training import train\ntrain(1)\nprint('done')")
    assert (seen.run.steps, seen.run.output_tail, seen.run.troubles) == (1, "done\n", ())


def test_arguments_and_neighbours(watch, program):
    (program / "package").mkdir()
    (program / "package" / "__init__.py").write_text("from .deep import VALUE\n")
    (program / "package" / "deep.py").write_text("from . import other\nVALUE = other.VALUE\n")
    (program / "package" / "other.py").write_text("VALUE = 7\n")
    source = """
import argparse
from package import VALUE
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("-v", action="store_true")
parser.add_argument("rest", nargs="*")
print(parser.parse_args(), VALUE)
"""
    printed = watch(source, "--lr", "0.1", "-v", "--", "-x").run.output_tail
    assert printed == "Namespace(lr=0.1, v=True, rest=['-x']) 7\n"
    wrong = watch(source, "--no-such").run
    assert wrong.exit_code == 2
    assert "usage: script.py" in wrong.output_tail


def test_it_can_be_started_by_name(program, tmp_path):
    (program / "script.py").write_text("import sys; print(sys.argv, sys.path[0])")
    (tmp_path / "settings.json").write_text(json.dumps({"script": str(program / "script.py"), "args": ["-x"]}))
    command = [sys.executable, "-m", "bringup.capture.process.child", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == f"{[str(program / 'script.py'), '-x']} {program}\n"
