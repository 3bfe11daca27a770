"""Run a command and measure what it took."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile


@dataclass(frozen=True)
class Measured:
    """What a command said and took.

    Attributes:
        seconds: Wall clock.
        peak_bytes: The largest resident set of the command or of a child that it waited for.
    """

    exit_code: int
    stdout: str
    stderr: str
    seconds: float
    peak_bytes: int


def measure(command: Sequence[str], *, folder: Path | None = None) -> Measured:
    """Run a command to its end. POSIX only: `os.wait4` is what tells the peak of this child and no other."""
    with TemporaryFile() as out, TemporaryFile() as err:
        start = time.perf_counter()
        child = subprocess.Popen(list(command), stdout=out, stderr=err, cwd=folder)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    unit = 1 if sys.platform == "darwin" else 1024
    return Measured(child.returncode, texts[0], texts[1], seconds, usage.ru_maxrss * unit)


def bringup(*arguments: str, folder: Path | None = None) -> Measured:
    """Run `bringup` of this interpreter's environment."""
    return measure([sys.executable, "-c", "from bringup.cli import main; main()", *arguments], folder=folder)
