"""Run a script, watched, and put together the record of it; a second time where the first run calls for a closer look."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from bringup.capture.assemble import assemble
from bringup.capture.captured import Captured, read_capture
from bringup.capture.process.script import ScriptRun, run_script
from bringup.capture.process.tracing import needs_trace, with_trace
from bringup.record import ProgramFacts, Record

PATIENCE_SECONDS = 30.0  # that a second run may take beyond twice the first: it looks at every operation of one step


class Watcher(Protocol):
    """Told of the script while it runs."""

    def output(self, piece: bytes) -> None:
        """Something was printed; called by other threads."""

    def ended(self, run: ScriptRun) -> None:
        """The script has ended, and what was seen of it is analysed; `troubles` tells of both."""


def watched(
    script: Path, args: Sequence[str], *, seconds: float | None, watcher: Watcher | None = None, line_buffered: bool = False
) -> tuple[ScriptRun, Record]:
    """Run a script; return how it ended and the record of what it did.

    Args:
        seconds: The time limit.
        line_buffered: Whether the watcher wants each line at once.
    """
    on_output = watcher.output if watcher else None
    with tempfile.TemporaryDirectory(prefix="bringup-check-", ignore_cleanup_errors=True) as folder:
        run = run_script(script, args, folder=Path(folder), seconds=seconds, on_output=on_output, line_buffered=line_buffered)
        record = recorded(script, run, read_capture(Path(folder)))
    step = needs_trace(record)
    if step is not None and run.stopped_by != "person":
        most = 2 * run.seconds + PATIENCE_SECONDS
        record = traced(record, script, args, step=step, seconds=most if seconds is None else min(seconds, most))
    run = replace(run, troubles=(*run.troubles, *(record.program.troubles if record.program else ())))
    if watcher:
        watcher.ended(run)
    return run, record


def traced(record: Record, script: Path, args: Sequence[str], *, step: int, seconds: float) -> Record:
    """Run a script again up to a step that made a value that is not finite; the record with the operation that did."""
    with tempfile.TemporaryDirectory(prefix="bringup-trace-", ignore_cleanup_errors=True) as folder:
        run = run_script(script, args, folder=Path(folder), seconds=seconds, trace=step)
        captured = read_capture(Path(folder))
    second = Captured(Record(origin="capture")) if captured is None else Captured(captured.record)  # its data were analysed
    return with_trace(record, recorded(script, run, second))


def recorded(script: Path, run: ScriptRun, captured: Captured | None) -> Record:
    """The record of a script that was run."""
    program = ProgramFacts(
        script=str(script),
        ending=run.ending,
        exit_code=run.exit_code,
        signal=run.signal,
        seconds=run.seconds,
        output_tail=run.output_tail,
        frameworks=run.frameworks,
        steps=run.steps,
        backwards=run.backwards,
    )
    return assemble(captured or Captured(Record(origin="capture")), program)
