"""A pool of forks: started once, warm after its imports, at most so many jobs side by side."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from bringup.workers.zygote import OUTPUT, RESULT

# As with watched scripts: the working folder must not be searched for modules before ours.
BOOT = "import sys\nif not sys.flags.safe_path: del sys.path[0]\nfrom bringup.workers.zygote import main\nmain()"


@dataclass(frozen=True, kw_only=True)
class Job:
    """A function to be called in a fork.

    Attributes:
        target: "package.module:function"; called with `folder` and what is `given`, and returns what JSON can hold.
        seconds: After these it is killed.
    """

    target: str
    given: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 60.0


class JobError(Exception):
    """A job that left no result: killed at its time limit, or broken. The message is the end of what it printed."""


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool:
    """Forks jobs from one warm process.

    Args:
        modules: Imported once, before the first fork.
        width: Jobs side by side; the number of processors by default.
        environment: Set before anything is imported.
    """

    def __init__(
        self, *, modules: Sequence[str] = (), width: int | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self.width = width or cores()
        self.temporary = tempfile.TemporaryDirectory(prefix="bringup-jobs-", ignore_cleanup_errors=True)
        self.folder = Path(self.temporary.name)
        self.lock = threading.Lock()
        self.waiting: deque[tuple[int, Job]] = deque()
        self.futures: dict[int, Future[dict[str, Any]]] = {}
        self.running: set[int] = set()
        self.count = 0
        self.process = subprocess.Popen(
            [sys.executable, "-c", BOOT, json.dumps({"modules": list(modules)})],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            process_group=0,
            env={**os.environ, "OMP_NUM_THREADS": "1", **(environment or {})},
        )
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def submit(self, job: Job) -> "Future[dict[str, Any]]":
        """Ask for a job; its future holds what it returned, or raises `JobError`."""
        future: Future[dict[str, Any]] = Future()
        with self.lock:
            self.count += 1
            self.futures[self.count] = future
            self.waiting.append((self.count, job))
            self.begin()
        return future

    def begin(self) -> None:
        """Start what waits, as far as there is room. Called with the lock held."""
        while self.waiting and len(self.running) < self.width:
            number, job = self.waiting.popleft()
            if not self.futures[number].set_running_or_notify_cancel():
                del self.futures[number]
                continue
            folder = self.folder / str(number)
            folder.mkdir()
            line = {
                "id": number,
                "target": job.target,
                "given": dict(job.given),
                "folder": str(folder),
                "seconds": job.seconds,
            }
            assert self.process.stdin is not None
            try:
                self.process.stdin.write(json.dumps(line).encode() + b"\n")
                self.process.stdin.flush()
            except (BrokenPipeError, ValueError):
                self.futures.pop(number).set_exception(JobError("the warm process is gone"))
                continue
            self.running.add(number)

    def read(self) -> None:
        """Take in what has ended, in a thread of its own."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            answer = json.loads(line)
            with self.lock:
                self.running.discard(answer["id"])
                future = self.futures.pop(answer["id"], None)
                self.begin()
            if future is not None:
                self.settle(future, self.folder / str(answer["id"]), answer["status"])
        with self.lock:
            left, self.futures = list(self.futures.values()), {}
            self.waiting.clear()
        for future in left:
            if not future.cancelled() and not future.done():
                future.set_exception(JobError("the warm process is gone"))

    def settle(self, future: "Future[dict[str, Any]]", folder: Path, status: int) -> None:
        """Hand a result on."""
        try:
            future.set_result(json.loads((folder / RESULT).read_text(encoding="utf-8")))
        except OSError:
            future.set_exception(JobError(f"status {status}: {tail(folder / OUTPUT)}"))

    def close(self) -> None:
        """End everything."""
        assert self.process.stdin is not None
        with suppress(OSError):  # it is gone already
            self.process.stdin.close()
        try:
            self.process.wait(2.0)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join(2.0)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.temporary.cleanup()

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def tail(path: Path, characters: int = 500) -> str:
    """The end of what was printed."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")[-characters:].strip()
    except OSError:
        return ""
