"""The second run: where a first one has seen a loss that is not finite, the step that made it is looked at closely.

    step = needs_trace(record)
    if step is not None:
        record = with_trace(record, run_again(trace=step))

The second run is the same program under `Session(trace=step)`; nothing of it matters but the origin that it finds, and with
`Stop(session)` it ends as soon as that is known.
"""

from bringup.capture.session import Session
from bringup.record import Record

MOST_GROWTH = 1e6  # a loss that grew so far has diverged; what overflows in the end says nothing


def needs_trace(record: Record) -> int | None:
    """The step to trace in a second run; None where there is nothing to find, or it is known already."""
    facts = record.non_finite
    if facts is None or facts.traced or facts.trace is None or facts.inputs or facts.growth > MOST_GROWTH:
        return None
    return facts.trace


def with_trace(record: Record, second: Record) -> Record:
    """Return the first run's record, with what the second run has found."""
    facts, found = record.non_finite, second.non_finite
    if facts is None:
        return record
    origin = None if found is None else found.origin
    return record.with_(non_finite=facts.model_copy(update={"traced": True, "origin": origin}))


class Traced(BaseException):
    """Ends a second run that has seen what it came for; no `except Exception` of the program's stops it."""


class Stop:
    """Ends the program after the step that is traced.

    Args:
        session: The session of the second run.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        session.after_steps.append(self.after_step)

    def after_step(self) -> None:
        """Raise `Traced` once the step is over."""
        if self.session.trace is not None and self.session.steps > self.session.trace:
            raise Traced
