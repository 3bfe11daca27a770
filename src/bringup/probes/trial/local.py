"""Trials of a training that is a function of this process: what a notebook hands over cannot be run in another one."""

import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from bringup.probes.trial.inside import Inside
from bringup.probes.trial.outcome import Outcome
from bringup.probes.trial.trials import Changes, key_of


class Enough(BaseException):
    """Ends a training that has gone far enough."""


class Asked(Future[dict[str, Any]]):
    """A trial that is run when its outcome is asked for: one that nobody asks for costs nothing."""

    def __init__(self, run: Callable[[], dict[str, Any]]) -> None:
        super().__init__()
        self.run: Callable[[], dict[str, Any]] | None = run

    def result(self, timeout: float | None = None) -> dict[str, Any]:
        """Run it, the first time."""
        run, self.run = self.run, None
        if run is not None:
            self.set_result(run())
        return super().result(timeout)


class LocalTrials:
    """Runs a training again and again in this process, one after the other.

    Args:
        train: Does the whole training, from the same state each time.
        root: As in `Session`.
        until: The moment, on the monotonic clock, after which no trial is run.
    """

    def __init__(self, train: Callable[[], object], *, root: Path | None = None, until: float | None = None) -> None:
        self.train, self.root, self.until = train, root, until
        self.known: dict[str, Future[dict[str, Any]]] = {}

    def begin(self, changes: Changes, *, steps: int, seconds: float, to_the_end: bool = False) -> "Future[dict[str, Any]]":
        """See `Again`; it is run when its result is asked for."""
        key = key_of(changes, steps, to_the_end)
        if key not in self.known:
            self.known[key] = Asked(lambda: self.run(changes, steps, seconds, to_the_end))
        return self.known[key]

    def run(self, changes: Changes, steps: int, seconds: float, to_the_end: bool) -> dict[str, Any]:
        """Train; return the fields of an `Outcome`."""
        left = seconds if self.until is None else min(seconds, self.until - time.monotonic())
        if left <= 0:
            return Outcome(ending="late").model_dump(mode="json")
        inside = Inside(root=self.root, changes=changes, steps=steps, seconds=left)

        def after_step() -> None:
            over = inside.over
            if over == "late" or (over is not None and not to_the_end):
                raise Enough

        ending: str = "finished"
        error: Exception | None = None
        inside.session.person.leave_out(sys._getframe())
        inside.session.install()
        inside.session.after_steps.append(after_step)
        try:
            self.train()
        except Enough:
            ending = inside.over or "enough"
        except Exception as problem:  # noqa: BLE001 - a change may make a training fail, which is an answer
            ending, error = "raised", problem
        try:
            return inside.fields(ending, error)
        finally:
            for change in inside.changes:
                change.uninstall()
            inside.session.uninstall()
