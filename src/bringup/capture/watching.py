"""Watching a part of a program from within: a loop in a notebook, a function of a larger program."""

import time
from pathlib import Path
from types import TracebackType
from typing import Any

from bringup.capture.assemble import assemble
from bringup.capture.captured import Captured
from bringup.capture.process.keeper import describe
from bringup.capture.session import Session
from bringup.errors import BringupError
from bringup.record import Ending, ProgramFacts, Record


class Watching:
    """Watches what its `with` block trains.

    Args:
        root: The folder that files are named relative to; the working folder if not given.
        optimizers: Optimizers that were built before the block.
        trace: See `Session`.

    Attributes:
        forgive: Whether an exception that ends the block goes no further, since the record has it; wrong use always does.
        error: That exception, as the last line of its traceback.
        record: What was seen; there once the block has ended, also where it ended by an exception.
    """

    active: "Watching | None" = None

    def __init__(
        self, *, root: Path | None = None, optimizers: tuple[Any, ...] = (), name: str = "notebook", trace: int | None = None
    ) -> None:
        self.session = Session(root=root, trace=trace)
        self.optimizers = optimizers
        self.name = name
        self.record: Record | None = None
        self.started = 0.0
        self.forgive = False
        self.error: str | None = None

    def __enter__(self) -> "Watching":
        if Watching.active is not None:
            raise RuntimeError("a `watch` block is open already; close it before you open another")
        Watching.active = self
        self.started = time.monotonic()
        self.session.install()
        self.session.expects_steps = bool(self.optimizers)
        for optimizer in self.optimizers:
            self.session.emit("on_optimizer", optimizer, self.session.person.place(2))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        del kind, trace
        Watching.active = None
        if isinstance(error, Exception):
            self.error = describe(error)
            self.session.failed(error)
        self.session.ended()
        self.session.uninstall()
        captured = Captured(Record(origin="capture", **self.session.sections()), self.session.samples())
        self.record = assemble(captured, self.program(ending_of(error)))
        return self.forgive and isinstance(error, Exception) and not isinstance(error, BringupError)

    def program(self, ending: Ending) -> ProgramFacts:
        """What is to be said about the block as a program."""
        return ProgramFacts(
            script=self.name,
            ending=ending,
            seconds=time.monotonic() - self.started,
            frameworks=tuple(self.session.frameworks),
            steps=self.session.optimized,
            backwards=self.session.backwards,
        )


def ending_of(error: BaseException | None) -> Ending:
    """How a block ended."""
    if error is None:
        return "finished"
    return "exited" if isinstance(error, SystemExit) else "stopped" if isinstance(error, KeyboardInterrupt) else "raised"
