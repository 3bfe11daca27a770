"""A program that is watched in this process: source text, run to its end."""

import linecache
import tempfile
from pathlib import Path
from typing import Any

from bringup.capture.assemble import assemble
from bringup.capture.captured import Captured
from bringup.capture.session import Session
from bringup.record import ProgramFacts, Record

SCRIPT = "train.py"


def watch_source(source: str, *, trace: int | None = None) -> Record:
    """Run a program, watched, in this process, and return its record; an exception ends the program and is part of the record.

    Line 1 is the first line of the text that is not empty. For examples and tests: a person's script runs in a process of its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        return run_in(Path(folder), source.lstrip("\n"), trace)


def run_in(folder: Path, source: str, trace: int | None) -> Record:
    """See `watch_source`."""
    path = folder / SCRIPT
    path.write_text(source)
    session = Session(root=folder, trace=trace)
    names: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    ending = "finished"
    session.install()
    try:
        exec(compile(source, str(path), "exec"), names)
    except Exception as error:  # noqa: BLE001 - it is the program's, and is noted
        ending = "raised"
        session.failed(error)
    finally:
        session.ended()
        session.uninstall()
        linecache.clearcache()
    if session.troubles:
        raise RuntimeError(f"observers failed: {session.troubles}")
    captured = Captured(Record(origin="capture", **session.sections()), session.samples())
    program = ProgramFacts(
        script=SCRIPT, ending=ending, frameworks=tuple(session.frameworks), steps=session.optimized, backwards=session.backwards
    )
    return assemble(captured, program)
