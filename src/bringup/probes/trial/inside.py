"""A training that runs with something changed: what is switched on in its process, and what it comes to."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bringup.capture.process.keeper import describe
from bringup.capture.session import Session
from bringup.probes.trial.trials import Changes

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch
    from bringup.probes.trial.intervention import Intervention
    from bringup.probes.trial.progress import Progress


class Inside:
    """The session of a trial.

    Args:
        root: As in `Session`.
        changes: Options of each change by its name.
        steps: The trial has gone far enough after so many steps of the first optimizer.
        seconds: After these it is late.
    """

    def __init__(self, *, root: Path | None, changes: Changes, steps: int, seconds: float) -> None:
        self.asked, self.steps = changes, steps
        self.began = time.monotonic()
        self.until = self.began + seconds
        self.session = Session(root=root)
        self.session.before_watch = self.prepare
        self.changes: list[Intervention] = []
        self.progress: Progress | None = None

    def prepare(self, watch: "Watch") -> None:
        """Put the changes in, once torch is there, before the boundaries."""
        from bringup.probes.trial.changes.table import CHANGES
        from bringup.probes.trial.progress import Progress

        self.progress = Progress(self.session)
        for name, options in self.asked.items():
            change = CHANGES[name](self.session, dict(options))
            self.changes.append(change)
            change.install(watch)
        self.session.add(self.progress, *self.changes)

    @property
    def over(self) -> str | None:
        """Why the trial should end now, if it should."""
        if self.session.steps >= self.steps or any(change.done for change in self.changes):
            return "enough"
        return "late" if time.monotonic() >= self.until else None

    def fields(self, ending: str, error: BaseException | None = None) -> dict[str, Any]:
        """The fields of an `Outcome`; the session is over after this."""
        session, progress, changes = self.session, self.progress, self.changes
        session.ended()
        session.active = False
        answers = None
        troubles = [f"{name}: {why}" for name, why in session.troubles.items()]
        try:
            answers = progress.answers() if progress is not None and error is None else None
        except Exception as problem:  # noqa: BLE001 - the person's model, called by us: then there is no such figure
            troubles.append(f"answers: {describe(problem)}")
        return {
            "ending": ending,
            "steps": session.steps,
            "losses": progress.losses.frozen().model_dump(mode="json") if progress is not None else {"unit": "loss"},
            "answers": None if answers is None else answers.value,
            "quantity": "" if answers is None else answers.quantity,
            "acted": sum(change.acted for change in changes),
            "measures": {name: value for change in changes for name, value in change.measures.items()},
            "error": None if error is None else describe(error),
            "where": failing_place(session, error),
            "troubles": troubles,
            "seconds": round(time.monotonic() - self.began, 3),
        }


def failing_place(session: Session, error: BaseException | None) -> tuple[str, int] | None:
    """The innermost of the person's lines in a traceback."""
    place, trace = None, error.__traceback__ if error is not None else None
    while trace is not None:
        if session.person.owns(trace.tb_frame.f_code.co_filename):
            place = (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    return place
