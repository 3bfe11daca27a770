"""The first run of a training in parts, watched."""

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

from bringup.capture.process.tracing import Stop, Traced, needs_trace, with_trace
from bringup.capture.watching import Watching
from bringup.probes import ProbeResult
from bringup.record import Record

MOST_CHARACTERS = 200  # of an exception


@dataclass(frozen=True)
class Seen:
    """What was seen of a training.

    Attributes:
        error: The exception that ended it, as the last line of its traceback.
        probes: Experiments that were made with it.
    """

    record: Record
    error: str | None = None
    probes: tuple[ProbeResult, ...] = ()


def watched_training(train: Callable[[], object], *, name: str, root: Path | None, expects_steps: bool = True) -> Seen:
    """Train, watched; a second time up to the step that made a value that is not finite, to find the operation that did.

    An exception of the training is part of what is seen.

    Args:
        train: Does the whole training, from the same state each time.
        expects_steps: Whether an optimizer will step.

    Raises:
        BringupError: if the training does, for parts that do not fit.
    """
    first = watched_once(train, name, root, expects_steps, None)
    assert first.record is not None
    error = None if first.error is None else shorten(first.error, MOST_CHARACTERS, placeholder="…")
    step = needs_trace(first.record)
    if step is None:
        return Seen(first.record, error)
    second = watched_once(train, name, root, expects_steps, step)
    assert second.record is not None
    return Seen(with_trace(first.record, second.record), error)


def watched_once(train: Callable[[], object], name: str, root: Path | None, expects_steps: bool, trace: int | None) -> Watching:
    """See `watched_training`."""
    watching = Watching(root=root, name=name, trace=trace)
    watching.forgive = True
    watching.session.person.leave_out(sys._getframe())
    if trace is not None:
        Stop(watching.session)
    with suppress(Traced), watching:
        watching.session.expects_steps = expects_steps
        train()
    return watching
