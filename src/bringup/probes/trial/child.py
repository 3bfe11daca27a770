"""In the fork: run the script with one thing changed, and tell what came of it."""

import os
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from bringup.capture.process.child import run
from bringup.probes.trial.guard import Guard
from bringup.probes.trial.inside import Inside
from bringup.workers.zygote import leave

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

END_MARGIN = 2.0  # seconds before the time limit at which a trial ends itself, so that what it saw is not lost


class Trial:
    """One run of a script in this process."""

    def __init__(self, folder: Path, inside: Inside) -> None:
        self.folder, self.inside = folder, inside
        self.guard = Guard(folder / "files")
        self.process = os.getpid()
        inside.session.before_watch = self.prepare

    def prepare(self, watch: "Watch") -> None:
        """Torch is there."""
        self.guard.guard_torch()
        self.inside.prepare(watch)

    def after_step(self) -> None:
        """End when enough was seen: at once, since a script may catch any exception."""
        over = self.inside.over if os.getpid() == self.process else None
        if over is not None:
            self.end(over)

    def end(self, ending: str) -> NoReturn:
        """Tell what came of it, and end this process."""
        leave(self.folder, self.inside.fields(ending))
        os._exit(0)


def main(
    *,
    folder: Path,
    script: str,
    arguments: list[str],
    changes: dict[str, dict[str, Any]],
    steps: int,
    seconds: float,
    to_the_end: bool = False,
    seed: int = 0,
) -> dict[str, Any]:
    """Run a script with changes.

    Args:
        folder: For what this trial writes.
        script: Its path, absolute, or relative to the working folder.
        changes: Options of each change by its name.
        steps: The trial ends after so many steps of the first optimizer.
        seconds: When it is killed; it ends by itself shortly before.
        to_the_end: Whether the script goes on to its end.
        seed: What a program that seeds nothing begins with.

    Returns:
        The fields of an `Outcome`.
    """
    (folder / "files").mkdir()
    own_limit = max(seconds - END_MARGIN, seconds / 2)
    inside = Inside(root=Path(script).absolute().parent, changes=changes, steps=steps, seconds=own_limit)
    trial = Trial(folder, inside)
    seed_all(seed)
    trial.guard.install()
    inside.session.install()
    if not to_the_end:
        inside.session.after_steps.append(trial.after_step)
    error = run(script, arguments)
    if isinstance(error, SystemExit) and error.code in (None, 0):
        error = None
    sys.stdout.flush()
    return inside.fields("finished" if error is None else "raised", error)


def seed_all(seed: int) -> None:
    """Seed the generators, so that a program that does not seed them itself gives the same trial twice."""
    random.seed(seed)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(seed)
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(seed)
