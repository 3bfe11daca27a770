"""Run a script in a watched process of its own, keep its output apart, and come back whatever it does."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from bringup.capture.process.child import SETTINGS
from bringup.capture.process.keeper import ENDING
from bringup.capture.process.output import Output
from bringup.capture.process.pump import Pump
from bringup.capture.process.terminal import Terminal
from bringup.errors import BringupError
from bringup.record import Ending

GRACE_SECONDS = 5.0  # between being asked to end and being killed
TICK_SECONDS = 0.2
# The script's folder takes the first place of the path, so what is there must not be found before the script runs.
BOOT = "import sys\nif not sys.flags.safe_path: del sys.path[0]\nfrom bringup.capture.process.child import main\nmain()"

StoppedBy = Literal["limit", "person"]


@dataclass(frozen=True)
class ScriptRun:
    """How a script ended, and what it printed.

    Attributes:
        ending: As in `ProgramFacts`.
        exit_code: None where a signal ended it.
        signal: The name of that signal.
        stopped_by: Who stopped it: the time limit, or the person with Ctrl-C.
        error: The exception that ended it, as the last line of its traceback.
        steps, backwards, frameworks: As in `ProgramFacts`; of a program that was killed, as of the last snapshot.
        output_head, output_tail: The beginning and the end of stdout and stderr together.
        troubles: What went wrong with the watching.
    """

    ending: Ending
    seconds: float
    exit_code: int | None = None
    signal: str | None = None
    stopped_by: StoppedBy | None = None
    error: str | None = None
    steps: int = 0
    backwards: int = 0
    frameworks: tuple[str, ...] = ()
    stdout_bytes: int = 0
    stderr_bytes: int = 0
    output_head: str = ""
    output_tail: str = ""
    troubles: tuple[str, ...] = ()


def run_script(
    script: Path | str,
    args: Sequence[str] = (),
    *,
    folder: Path,
    seconds: float | None = None,
    on_output: Callable[[bytes], None] | None = None,
    line_buffered: bool = False,
    trace: int | None = None,
    python: str | None = None,
) -> ScriptRun:
    """Run a script as `python SCRIPT ARGS` in this working directory, watched; what was seen is in `folder` afterwards.

    Args:
        folder: An empty folder that exists.
        seconds: The time limit; a script that reaches it is asked to end, and killed if it does not.
        on_output: Given everything that the script prints, in pieces, by other threads.
        line_buffered: Whether each line is passed on at once, as on a terminal.
        trace: See `Session`. Such a run ends after that step, and does not read what the person types a second time.
        python: The interpreter; the one that runs this by default.

    Raises:
        BringupError: on systems without process groups, or if the time limit was over before the script began.
        RuntimeError: if the process ended before the script began, which is a defect of ours.
    """
    if os.name != "posix":
        raise BringupError("a script can be watched on Linux and macOS only", there=sys.platform)
    settings = {
        "script": str(script),
        "args": list(args),
        "limit_seconds": seconds,
        "line_buffered": line_buffered,
        "trace": trace,
        "parent": os.getpid(),
    }
    (folder / SETTINGS).write_text(json.dumps(settings), encoding="utf-8")
    output = Output()
    began = time.monotonic()
    with termination_raised():
        command = [python or sys.executable, "-c", BOOT, str(folder.absolute())]
        code, stopped = watch(command, output, seconds, on_output, stdin=None if trace is None else subprocess.DEVNULL)
    if stopped == "limit" and not (folder / ENDING).exists():
        raise BringupError(f"the time limit of {seconds:g} s was over before {script} had begun", do="allow some seconds more")
    return result(folder, code, stopped, time.monotonic() - began, output)


def watch(
    command: list[str],
    output: Output,
    seconds: float | None,
    on_output: Callable[[bytes], None] | None,
    *,
    stdin: int | None = None,
) -> tuple[int, StoppedBy | None]:
    """Run a command to its end; return its status as `Popen` gives it, and who stopped it. Nothing of it is left afterwards."""
    process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0)
    assert process.stdout is not None
    assert process.stderr is not None
    pumps = [
        Pump(process.stdout, lambda piece: output.add("stdout", piece), on_output),
        Pump(process.stderr, lambda piece: output.add("stderr", piece), on_output),
    ]
    try:
        stopped = wait(process, None if seconds is None else time.monotonic() + seconds)
    finally:
        end_group(process)
        for pump in pumps:
            pump.finish()
    for pump in pumps:
        pump.complain()
    return process.returncode, stopped


def wait(process: subprocess.Popen[bytes], deadline: float | None) -> StoppedBy | None:
    """Wait for the end of a process; at the deadline, and when the person presses Ctrl-C, see to it."""
    terminal = Terminal(process.pid)
    try:
        while not ended(process, TICK_SECONDS):
            terminal.lend_if_asked()
            if deadline is not None and time.monotonic() >= deadline:
                stop(process)
                return "limit"
    except KeyboardInterrupt:
        interrupt(process)
        return "person"
    finally:
        terminal.take_back()
    return None


def ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for the end of a process; whether it came in time."""
    try:
        process.wait(max(seconds, 0.0))
    except subprocess.TimeoutExpired:
        return False
    return True


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end. It alone: its children would take it with them before it has saved."""
    process.terminate()
    ended(process, GRACE_SECONDS)


def interrupt(process: subprocess.Popen[bytes]) -> None:
    """Hand on a Ctrl-C; a second one kills."""
    with suppress(KeyboardInterrupt):
        send(process.pid, signal.SIGINT)
        if not ended(process, GRACE_SECONDS):
            stop(process)


def send(group: int, number: int) -> bool:
    """Send a signal to a process group; whether there is one."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # macOS says so of a group in which every process has ended and waits to be collected
    return True


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process if it still runs, and those that it left behind."""
    if process.poll() is None:
        send(process.pid, signal.SIGKILL)
        process.wait()
    for number, patience_seconds in ((0, 0.3), (signal.SIGTERM, 1.0), (signal.SIGKILL, 0.0)):
        send(process.pid, number)
        until = time.monotonic() + patience_seconds
        while send(process.pid, 0):
            if time.monotonic() >= until:
                break
            time.sleep(0.01)
        else:
            return


@contextmanager
def termination_raised() -> Iterator[None]:
    """Let SIGTERM raise `SystemExit` here, so that a script does not go on alone when its watcher is told to end."""

    def leave(number: int, frame: FrameType | None) -> None:
        del frame
        raise SystemExit(128 + number)

    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def result(folder: Path, code: int, stopped: StoppedBy | None, seconds: float, output: Output) -> ScriptRun:
    """Put together what the process, its parent and its last words say of its end."""
    said = last_words(folder, output)
    ending: Ending = said["ending"] if said["ending"] != "running" else "exited"
    if code < 0 and stopped is None and ending != "stopped":
        ending = "killed"
    troubles = [said.get("trouble"), *(f"{name}: {why}" for name, why in said.get("observers", {}).items())]
    return ScriptRun(
        ending="stopped" if stopped else ending,
        seconds=seconds,
        exit_code=code if code >= 0 else None,
        signal=signal.Signals(-code).name if code < 0 else None,
        stopped_by=stopped or ("person" if ending == "stopped" else None),
        error=said.get("error"),
        steps=said["steps"],
        backwards=said["backwards"],
        frameworks=tuple(said["frameworks"]),
        stdout_bytes=output.size["stdout"],
        stderr_bytes=output.size["stderr"],
        output_head=output.head,
        output_tail=output.tail,
        troubles=tuple(trouble for trouble in troubles if trouble),
    )


def last_words(folder: Path, output: Output) -> dict[str, Any]:
    """What the process wrote about its own end.

    Raises:
        RuntimeError: if it never came to the script.
    """
    path = folder / ENDING
    if not path.exists():
        raise RuntimeError(f"the watched process ended before the script began: {output.tail.strip()[-500:]}")
    words: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return words
