"""Whatever a script does, its watcher comes back, with how it ended and what it printed."""

import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bringup.capture.process import script as process
from bringup.capture.process.script import ScriptRun, run_script
from bringup.errors import BringupError

Run = Callable[..., ScriptRun]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Write a script and run it."""

    def call(source: str, *args: str, name: str = "script.py", **options) -> ScriptRun:
        script = tmp_path / "program" / name
        script.parent.mkdir(exist_ok=True)
        script.write_text(source, encoding="utf-8")
        folder = tmp_path / "seen"
        folder.mkdir(exist_ok=True)
        return run_script(script, args, folder=folder, **options)

    return call


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill sooner."""
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.5)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("source", "ending", "code", "printed"),
    [
        ("print('done')", "finished", 0, "done\n"),
        ("import sys; sys.exit()", "exited", 0, ""),
        ("import sys; sys.exit(0)", "exited", 0, ""),
        ("import sys; sys.exit(3)", "exited", 3, ""),
        ("import sys; sys.exit(-1)", "exited", 255, ""),
        ("import sys; sys.exit('no data')", "exited", 1, "no data\n"),
        ("raise SystemExit", "exited", 0, ""),
        ("import os; os._exit(4)", "exited", 4, ""),
        ("from os import _exit; _exit(5)", "exited", 5, ""),
        (
            "import threading, os; threading.Thread(target=os._exit, args=(6,)).start(); import time; time.sleep(9)",
            "exited",
            6,
            "",
        ),
        ("raise KeyError('x')", "raised", 1, None),
        ("raise BaseException", "raised", 1, None),
        ("raise KeyboardInterrupt", "stopped", 130, None),
        ("import os; os.abort()", "killed", None, None),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed", None, ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM); import time; time.sleep(9)", "killed", None, ""),
        ("import atexit, os; atexit.register(os._exit, 7)", "finished", 7, ""),
        ("import atexit; atexit.register(print, 'bye')", "finished", 0, "bye\n"),
        ("import os, sys; os.execv(sys.executable, [sys.executable, '-c', 'print(1)'])", "exited", 0, "1\n"),
        ("try:\n    1 / 0\nexcept BaseException:\n    print('caught')", "finished", 0, "caught\n"),
    ],
)
def test_how_it_ended(run, source, ending, code, printed):
    seen = run(source)
    assert (seen.ending, seen.exit_code, seen.stopped_by) == (ending, code, "person" if code == 130 else None)
    assert printed in (None, seen.output_tail)
    assert not seen.troubles


def test_the_signal_is_named(run):
    assert run("import os; os.abort()").signal == "SIGABRT"
    assert run("import os; os.kill(os.getpid(), 15)").signal == "SIGTERM"


def test_the_exception_is_told(run):
    assert run("raise ValueError('not\\n  this')").error == "ValueError: not this"
    assert run("raise KeyboardInterrupt").error == "KeyboardInterrupt"
    assert run("class Odd(Exception):\n    def __str__(self): raise KeyError\nraise Odd").error == "Odd: <no text: KeyError>"


def test_a_thread_that_outlives_the_script_is_waited_for(run):
    source = "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.5), print('late'))).start()\nprint('main')"
    assert run(source).output_tail == "main\nlate\n"


@pytest.mark.usefixtures("short_grace")
@pytest.mark.parametrize(
    "source",
    [
        "import time\nprint('begun', flush=True)\nwhile True: time.sleep(1)",
        "print('begun', flush=True)\nwhile True: pass",
        "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('begun', flush=True)\nwhile True: pass",
        "import signal\nsignal.signal(signal.SIGTERM, print)\nprint('begun', flush=True)\nwhile True: pass",
        "from signal import *\npthread_sigmask(SIG_BLOCK, {SIGTERM})\nprint('begun', flush=True)\nwhile True: pass",
        "while True:\n    try:\n        print('begun', flush=True)\n        while True: pass\n    except BaseException: pass",
        "import threading, time\nprint('begun')\nthreading.Thread(target=time.sleep, args=(99,)).start()",
        "import atexit, time\nprint('begun')\natexit.register(time.sleep, 99)",
        "import os, signal\nprint('begun', flush=True)\nos.kill(os.getpid(), signal.SIGSTOP)",
    ],
    ids=["sleeps", "spins", "ignores", "replaces", "blocks", "catches", "thread", "atexit", "stopped"],
)
def test_a_script_that_does_not_end_is_stopped(run, source):
    began = time.monotonic()
    seen = run(source, seconds=2.0)
    assert (seen.ending, seen.stopped_by) == ("stopped", "limit")
    assert time.monotonic() - began < 30  # it would take 99
    assert "begun" in seen.output_tail


def test_what_it_does_on_being_asked_to_end_is_its_own(run):
    source = "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *a: sys.exit(9))\ntime.sleep(99)"
    seen = run(source, seconds=1.0)
    assert (seen.ending, seen.exit_code, seen.signal) == ("stopped", 9, None)


def test_a_handler_of_its_own_can_hand_on_the_signal(run):
    source = """
import os, signal, time
def handle(number, frame):
    print("mine", flush=True)
    before(number, frame)
before = signal.signal(signal.SIGTERM, handle)
os.kill(os.getpid(), signal.SIGTERM)
time.sleep(9)
"""
    seen = run(source)
    assert (seen.output_tail, seen.signal) == ("mine\n", "SIGTERM")


@pytest.mark.parametrize("megabytes", [20, pytest.param(1000, marks=pytest.mark.slow)])
def test_output_without_end_costs_neither_time_nor_memory(run, megabytes):
    source = f"""
import sys
print("first")
block = b"x" * 99 + b"\\n"
for _ in range({megabytes}):
    sys.stdout.buffer.write(block * 10_000)
    sys.stderr.write("e")
print("last")
"""
    began = time.monotonic()
    seen = run(source)
    assert seen.stdout_bytes == megabytes * 1_000_000 + len("first\nlast\n")
    assert seen.stderr_bytes == megabytes
    assert seen.output_head.startswith("first\n")
    assert "last\n" in seen.output_tail
    assert len(seen.output_head) + len(seen.output_tail) < 200_000
    assert time.monotonic() - began < 2 + megabytes / 100


def test_binary_output(run):
    seen = run("import os, sys\nsys.stdout.buffer.write(bytes(range(256)) * 2)\nsys.stdout.flush()\nos.write(2, b'\\xff\\xfe')")
    assert (seen.stdout_bytes, seen.stderr_bytes) == (512, 2)
    assert "\N{REPLACEMENT CHARACTER}" in seen.output_tail


def test_a_line_that_is_drawn_again_and_again_is_kept_once(run):
    seen = run("import sys\nfor n in range(100):\n    sys.stderr.write(f'\\r{n} %')\nsys.stderr.write('\\r100 %\\n')")
    assert seen.output_tail == "100 %\n"


@pytest.mark.parametrize(
    "source",
    [
        "import sys; sys.stdout.close(); sys.stderr.close()",
        "import os; os.close(1); os.close(2)",
        "import sys; sys.stdout = sys.stderr = None",
        "import sys; sys.stdout = open('/dev/full', 'w')",
        "import os; os.dup2(os.open('/dev/null', os.O_WRONLY), 1)",
    ],
)
def test_streams_that_the_script_closes_or_redirects(run, source):
    seen = run(source)
    assert seen.ending == "finished"
    assert not seen.troubles


def test_all_that_is_printed_is_shown_and_what_showing_raises_comes_out(run):
    pieces: list[bytes] = []
    run("import sys\nprint('a')\nprint('b', file=sys.stderr)", on_output=pieces.append)
    assert sorted(b"".join(pieces)) == sorted(b"a\nb\n")

    def refuse(piece: bytes) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        run("print('x' * 1_000_000)", on_output=refuse)


def test_lines_come_at_once_where_asked_for(run):
    came: dict[bytes, float] = {}
    source = "import time\nprint('a')\ntime.sleep(0.5)\nprint('b')"
    run(source, line_buffered=True, on_output=lambda piece: came.setdefault(piece[:1], time.monotonic()))
    assert came[b"b"] - came[b"a"] > 0.3


def test_stdin_is_the_persons_own(tmp_path):
    (tmp_path / "script.py").write_text("print('read', input().upper())")
    program = """
import sys, tempfile
from pathlib import Path
from bringup.capture.process.script import run_script
with tempfile.TemporaryDirectory() as folder:
    print(run_script(sys.argv[1], folder=Path(folder)).output_tail)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "script.py")]
    for given, printed in (("yes\n", "read YES"), ("", "EOFError")):
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=True)
        assert printed in done.stdout


def test_a_terminal_can_be_read_from(tmp_path):
    (tmp_path / "script.py").write_text("print('read', input('name? ').upper())")
    program = f"""
import sys, tempfile
from pathlib import Path
from bringup.capture.process.script import run_script
with tempfile.TemporaryDirectory() as folder:
    seen = run_script({str(tmp_path / "script.py")!r}, folder=Path(folder), seconds=20)
print(seen.ending, seen.output_tail)
print("again", input())
"""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", program])
    os.write(terminal, b"one\ntwo\n")
    printed = b""
    try:
        while piece := os.read(terminal, 1024):
            printed += piece
    except OSError:  # how Linux tells the end of a terminal
        pass
    finally:
        os.close(terminal)
        os.waitpid(pid, 0)
    assert b"finished name? read ONE" in printed
    assert b"again two" in printed


def test_what_it_leaves_behind_is_ended(run):
    source = """
import subprocess, sys
left = subprocess.Popen([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(99)"])
print(left.pid, flush=True)
import time; time.sleep(0.5)
"""
    began = time.monotonic()
    seen = run(source)
    pid = next(int(line) for line in seen.output_tail.split() if line.isdigit())
    assert time.monotonic() - began < 5
    assert not alive(pid)


def test_a_pipe_that_somebody_else_holds_is_not_waited_for(run):
    source = """
import subprocess, sys
program = "import time; time.sleep(6)"
subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
print("done")
"""
    began = time.monotonic()
    assert run(source).output_tail == "done\n"
    assert time.monotonic() - began < 4


def send_soon(number: int, seconds: float = 1.0) -> None:
    threading.Timer(seconds, os.kill, (os.getpid(), number)).start()


def test_ctrl_c_is_handed_on(run):
    send_soon(signal.SIGINT)
    source = "import time\ntry:\n    time.sleep(99)\nexcept KeyboardInterrupt:\n    print('saved')"
    seen = run(source)
    assert (seen.ending, seen.stopped_by, seen.output_tail) == ("stopped", "person", "saved\n")


@pytest.mark.usefixtures("short_grace")
def test_ctrl_c_ends_a_script_that_ignores_it(run):
    send_soon(signal.SIGINT)
    seen = run("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass")
    assert (seen.ending, seen.stopped_by) == ("stopped", "person")


def test_a_second_ctrl_c_kills(run):
    send_soon(signal.SIGINT)
    send_soon(signal.SIGINT, 1.5)
    began = time.monotonic()
    seen = run("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass")
    assert (seen.ending, seen.stopped_by, seen.signal) == ("stopped", "person", "SIGKILL")
    assert time.monotonic() - began < 4


def test_told_to_end_it_takes_the_script_with_it(run, tmp_path):
    send_soon(signal.SIGTERM)
    with pytest.raises(SystemExit) as leaving:
        run(f"import os, time\nopen({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\ntime.sleep(99)")
    assert leaving.value.code == 143
    assert not alive(int((tmp_path / "pid").read_text()))
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_no_thread_and_no_file_is_left_open(run):
    run("print(1)")
    before = (threading.active_count(), len(os.listdir("/proc/self/fd")))
    run("print(1)")
    assert (threading.active_count(), len(os.listdir("/proc/self/fd"))) == before


def test_a_process_that_never_comes_to_the_script_is_a_defect(run, tmp_path):
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(RuntimeError, match="broken"):
        run("print(1)", python=str(broken))


def test_what_goes_wrong_with_the_watching_is_told_and_hurts_nobody(run, tmp_path):
    (tmp_path / "seen").mkdir()
    (tmp_path / "seen" / "capture.json").mkdir()  # where a file is to be written
    seen = run("print('done')")
    assert (seen.ending, seen.output_tail) == ("finished", "done\n")
    assert any("capture.json" in trouble for trouble in seen.troubles)


def test_a_limit_that_is_over_before_the_script_begins_is_said_to_be(run):
    with pytest.raises(BringupError, match=r"the time limit of 0\.001 s was over before .* had begun"):
        run("print('begun')", seconds=0.001)
