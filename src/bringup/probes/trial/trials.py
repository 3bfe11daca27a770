"""A script that can be run again and again, each time with other changes."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, TimeoutError
from pathlib import Path
from typing import Any, Protocol

from bringup.probes.trial.imported import environment, packages
from bringup.probes.trial.outcome import Outcome
from bringup.workers import Job, Pool
from bringup.workers.warm import JobError

TARGET = "bringup.probes.trial.child:main"
OURS = ("bringup.probes.trial.child", "bringup.capture.torch.boundaries", "bringup.probes.trial.changes.table")

Changes = Mapping[str, Mapping[str, Any]]
AS_IT_IS: Changes = {}


class Again(Protocol):
    """What can be run again with changes."""

    def begin(self, changes: Changes, *, steps: int, seconds: float, to_the_end: bool = False) -> "Future[dict[str, Any]]":
        """Start a trial.

        Args:
            changes: Options of each change by its name.
            steps: Where it ends.
            seconds: After these it is killed.
            to_the_end: Whether the script goes on after its last step, through its evaluation.
        """
        ...


class Trials:
    """Runs a script in forks of a process that has imported what it needs.

    A trial that was run already is not run again.
    """

    def __init__(self, path: Path, arguments: Sequence[str] = (), *, width: int | None = None) -> None:
        self.path, self.arguments = path, tuple(arguments)
        self.pool = Pool(modules=(*packages(path), *OURS), width=width, environment=environment(path))
        self.known: dict[str, Future[dict[str, Any]]] = {}

    def begin(self, changes: Changes, *, steps: int, seconds: float, to_the_end: bool = False) -> "Future[dict[str, Any]]":
        """See `Again`."""
        key = key_of(changes, steps, to_the_end)
        if key not in self.known:
            given = {
                "script": str(self.path.absolute()),
                "arguments": list(self.arguments),
                "changes": {name: dict(options) for name, options in changes.items()},
                "steps": steps,
                "seconds": seconds,
                "to_the_end": to_the_end,
            }
            self.known[key] = self.pool.submit(Job(target=TARGET, given=given, seconds=seconds))
        return self.known[key]

    def close(self) -> None:
        """End all trials."""
        self.pool.close()

    def __enter__(self) -> "Trials":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def key_of(changes: Changes, steps: int, to_the_end: bool) -> str:
    """What tells one trial from another."""
    return repr((sorted((name, sorted(options.items())) for name, options in changes.items()), steps, to_the_end))


def outcome(future: "Future[dict[str, Any]]", *, seconds: float) -> Outcome:
    """Wait for a trial; one that did not end in time, or broke, has an outcome as well."""
    began = time.monotonic()
    try:
        return Outcome.model_validate(future.result(max(seconds, 0.0)))
    except TimeoutError:
        future.cancel()
        return Outcome(ending="late", seconds=time.monotonic() - began)
    except JobError as error:
        return Outcome(ending="late" if "status -9" in str(error) else "raised", error=str(error), troubles=(str(error),))
