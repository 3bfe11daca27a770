"""Trials of a training that is a function of this process: what a notebook hands over cannot be run in another one."""

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from bringup.probes.trial.inside import Inside
from bringup.probes.trial.trials import Changes, key_of


class Enough(BaseException):
    """Ends a training that has gone far enough."""


class LocalTrials:
    """Runs a training again and again in this process, one after the other.

    Args:
        train: Does the whole training, from the same state each time.
        root: As in `Session`.
    """

    def __init__(self, train: Callable[[], None], *, root: Path | None = None) -> None:
        self.train, self.root = train, root
        self.known: dict[str, Future[dict[str, Any]]] = {}

    def begin(self, changes: Changes, *, steps: int, seconds: float, to_the_end: bool = False) -> "Future[dict[str, Any]]":
        """See `Again`; it has ended when this returns."""
        key = key_of(changes, steps, to_the_end)
        if key not in self.known:
            self.known[key] = Future()
            inside = Inside(root=self.root, changes=changes, steps=steps, seconds=seconds)
            self.known[key].set_result(self.run(inside, to_the_end))
        return self.known[key]

    def run(self, inside: Inside, to_the_end: bool) -> dict[str, Any]:
        """Train; return the fields of an `Outcome`."""

        def after_step() -> None:
            if inside.over is not None and not to_the_end:
                raise Enough

        ending: str = "finished"
        error: Exception | None = None
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
