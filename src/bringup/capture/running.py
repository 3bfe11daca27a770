"""A program that is watched in this process: source text, run to its end."""

import linecache
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from bringup.capture.process.tracing import Stop, Traced, needs_trace, with_trace
from bringup.capture.watching import Watching
from bringup.record import Record

SCRIPT = "train.py"


def watch_source(source: str, *, trace: int | None = None) -> Record:
    """Run a program, watched, in this process, and return its record; an exception that ends the program is part of it.

    Line 1 is the first line of the text that is not empty. For examples and tests: a script runs in a process of its own.
    Where the loss breaks, the program is run a second time, up to the step that broke it.
    """
    with tempfile.TemporaryDirectory() as folder:
        record = run_in(Path(folder), source.lstrip("\n"), trace)
        step = needs_trace(record)
        return record if step is None else with_trace(record, run_in(Path(folder), source.lstrip("\n"), step))


def run_in(folder: Path, source: str, trace: int | None) -> Record:
    """See `watch_source`."""
    path = folder / SCRIPT
    path.write_text(source)
    names: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    watching = Watching(root=folder, name=SCRIPT, trace=trace)
    if trace is not None:
        Stop(watching.session)
    with suppress(Exception, SystemExit, Traced), watching:
        exec(compile(source, str(path), "exec"), names)
    linecache.clearcache()
    if watching.session.troubles:
        raise RuntimeError(f"observers failed: {watching.session.troubles}")
    assert watching.record is not None
    return watching.record
