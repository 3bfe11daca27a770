"""In the fork: run the script with one thing changed, and tell what came of it."""

import os
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from bringup.capture.child import run
from bringup.capture.keeper import describe
from bringup.capture.session import Session
from bringup.probes.trial.guard import Guard
from bringup.probes.trial.intervention import Intervention
from bringup.workers.zygote import leave

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch
    from bringup.probes.trial.progress import Progress

END_MARGIN = 2.0  # seconds before the time limit at which a trial ends itself, so that what it saw is not lost


class Trial:
    """One run of a script in this process."""

    def __init__(self, folder: Path, *, root: Path, changes: dict[str, dict[str, Any]], steps: int, seconds: float) -> None:
        self.folder, self.steps = folder, steps
        self.began = time.monotonic()
        self.until = self.began + max(seconds - END_MARGIN, seconds / 2)
        self.session = Session(root=root)
        self.guard = Guard(folder / "files")
        self.asked = changes
        self.changes: list[Intervention] = []
        self.progress: Progress | None = None
        self.process = os.getpid()
        self.session.before_watch = self.prepare

    def prepare(self, watch: "Watch") -> None:
        """Put the changes in, once torch is there, before the boundaries."""
        from bringup.probes.trial.changes.table import CHANGES
        from bringup.probes.trial.progress import Progress

        self.guard.guard_torch()
        self.progress = Progress(self.session)
        for name, options in self.asked.items():
            change = CHANGES[name](self.session, options)
            self.changes.append(change)
            change.install(watch)
        self.session.add(self.progress, *self.changes)

    def after_step(self) -> None:
        """End when enough was seen: at once, since a script may catch any exception."""
        if os.getpid() != self.process:
            return
        if self.session.steps >= self.steps or any(getattr(change, "done", False) for change in self.changes):
            self.end("enough")
        elif time.monotonic() >= self.until:
            self.end("late")

    def end(self, ending: str, error: BaseException | None = None) -> NoReturn:
        """Tell what came of it, and end this process."""
        leave(self.folder, self.outcome(ending, error))
        os._exit(0)

    def outcome(self, ending: str, error: BaseException | None) -> dict[str, Any]:
        """The fields of an `Outcome`."""
        session, progress = self.session, self.progress
        session.ended()
        session.active = False
        answers = None
        troubles = [f"{name}: {why}" for name, why in session.troubles.items()]
        try:
            answers = progress.answers() if progress is not None and error is None else None
        except Exception as problem:  # noqa: BLE001 - the person's model, called by us: then there is no such figure
            troubles.append(f"answers: {describe(problem)}")
        place = failing_place(session, error)
        return {
            "ending": ending,
            "steps": session.steps,
            "losses": progress.losses.frozen().model_dump(mode="json") if progress is not None else {"unit": "loss"},
            "answers": None if answers is None else answers.value,
            "quantity": "" if answers is None else answers.quantity,
            "acted": sum(change.acted for change in self.changes),
            "measures": {name: value for change in self.changes for name, value in change.measures.items()},
            "error": None if error is None else describe(error),
            "where": place,
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


def main(
    *,
    folder: Path,
    script: str,
    arguments: list[str],
    changes: dict[str, dict[str, Any]],
    steps: int,
    seconds: float,
    stop_at_last: bool = True,
    seed: int = 0,
) -> dict[str, Any]:
    """Run a script with changes.

    Args:
        script: Its path, absolute, or relative to the working folder.
        changes: Options of each change by its name.
        steps: The trial ends after so many steps of the first optimizer.
        stop_at_last: Whether it ends right there; else the script goes on to its end.
        seed: What a program that seeds nothing begins with.
    """
    (folder / "files").mkdir()
    trial = Trial(folder, root=Path(script).absolute().parent, changes=changes, steps=steps, seconds=seconds)
    seed_all(seed)
    trial.guard.install()
    trial.session.install()
    if stop_at_last:
        trial.session.after_steps.append(trial.after_step)
    error = run(script, arguments)
    if isinstance(error, SystemExit):
        error = None if error.code in (None, 0) else error
    ending = "finished" if error is None else "raised"
    sys.stdout.flush()
    return trial.outcome(ending, error)


def seed_all(seed: int) -> None:
    """Seed the generators, so that a program that does not seed them itself gives the same trial twice."""
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
