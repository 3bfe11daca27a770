"""The warm process: it has imported what jobs need, computes nothing, and forks a child for each job.

A fresh interpreter takes seconds to import a framework; a fork takes milliseconds. The parent of the forks must not compute:
where it has run one operation on several threads, its children hang (OpenMP keeps threads that a fork does not copy).

Lines of JSON come on stdin, one a job: `{"id": 1, "target": "package.module:function", "given": {…}, "folder": …,
"seconds": …}`. A line goes out when a job has ended: `{"id": 1, "status": …}`. What the function returns lies in
FOLDER/result.json then, and what it printed in FOLDER/output.txt. At the end of stdin all that still runs is killed.
"""

import json
import os
import select
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

RESULT, OUTPUT = "result.json", "output.txt"
TICK_SECONDS = 0.02
FAILED = 70


@dataclass
class Running:
    """A job at work."""

    job: int
    deadline: float


def main() -> None:
    """Import what is asked for, then fork for each job that comes."""
    settings: dict[str, Any] = json.loads(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what imports print is no answer
    warm(settings["modules"])
    running: dict[int, Running] = {}
    buffer = b""
    while True:
        ready, _, _ = select.select([0], [], [], TICK_SECONDS if running else None)
        if ready:
            piece = os.read(0, 1 << 16)
            if not piece:
                break
            *lines, buffer = (buffer + piece).split(b"\n")
            for line in lines:
                begin(json.loads(line), running, answers)
        reap(running, answers)
    for process in running:
        kill(process)


def warm(modules: list[str]) -> None:
    """Import; what cannot be imported is not there for jobs, either, and they will say so."""
    for name in modules:
        with suppress(Exception):
            import_module(name)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(1)


def begin(job: dict[str, Any], running: dict[int, Running], answers: Any) -> None:
    """Fork for a job."""
    process = os.fork()
    if process == 0:
        answers.close()
        work(job)
    running[process] = Running(job["id"], time.monotonic() + job["seconds"])


def work(job: dict[str, Any]) -> NoReturn:
    """Do a job in the fork, and end it."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    folder = Path(job["folder"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    output = os.open(folder / OUTPUT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    status = FAILED
    try:
        module, name = job["target"].split(":")
        result = getattr(import_module(module), name)(folder=folder, **job["given"])
        leave(folder, result)
        status = 0
    except BaseException:  # noqa: BLE001 - nothing of a fork may come back into the loop above
        import traceback

        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def leave(folder: Path, result: dict[str, Any]) -> None:
    """Write a result; whole or not at all."""
    part = folder / f".{RESULT}.part"
    part.write_text(json.dumps(result), encoding="utf-8")
    part.replace(folder / RESULT)


def reap(running: dict[int, Running], answers: Any) -> None:
    """Tell of jobs that have ended; end those whose time is over."""
    now = time.monotonic()
    for process, entry in list(running.items()):
        if now >= entry.deadline:
            kill(process)
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            kill(process)  # what it has left behind
            del running[process]
            answers.write(json.dumps({"id": entry.job, "status": os.waitstatus_to_exitcode(status)}) + "\n")


def kill(process: int) -> None:
    """End a process and those that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


if __name__ == "__main__":
    main()
