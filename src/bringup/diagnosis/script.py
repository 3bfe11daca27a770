"""`check_script`: run a person's script, watched, and say what is wrong with it."""

import os
import time
import warnings
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bringup.diagnosis.confirming import LEAST_SECONDS, MOST_SECONDS, Limits
from bringup.diagnosis.diagnosis import Diagnosis, Timing
from bringup.diagnosis.examining import Examined, checked, tested
from bringup.diagnosis.ignoring import without_ignored
from bringup.diagnosis.judging import judged
from bringup.diagnosis.settings import Settings, read_settings
from bringup.diagnosis.watched import Watcher, watched
from bringup.errors import BringupError
from bringup.probes.trial.trials import Trials


def check_script(
    script: Path | str,
    *,
    args: Sequence[str] = (),
    settings: Settings | None = None,
    watcher: Watcher | None = None,
    line_buffered: bool = False,
    budget: int | None = None,
) -> Diagnosis:
    """Run a script as `python SCRIPT ARGS`, watch its training, and say what is wrong.

    Args:
        settings: Those of the pyproject.toml that holds for the script by default.
        watcher: Told what the script prints, and how it ended.
        line_buffered: Whether the watcher wants each line at once.
        budget: Probes at most, 0 for none; as many as there is time for by default.

    Raises:
        BringupError: if there is no such script, it is not Python, or the settings name something unknown.
    """
    began = time.monotonic()
    path = Path(script)
    refuse_what_is_no_script(path)
    settings = read_settings(path) if settings is None else settings
    checks = settings.checks()
    with ExitStack() as stack:
        trials = stack.enter_context(Trials(path, args)) if budget != 0 else None  # imports while the script runs
        run, record = watched(path, args, seconds=settings.time or None, watcher=watcher, line_buffered=line_buffered)
        examined = checked(record, checks, settings)
        findings, results = without_ignored(
            examined.findings, examined.checks, root=path.absolute().parent, files=settings.per_file_ignores, base=settings.base
        )
        examined = Examined(findings=findings, checks=results)
        if trials is not None and run.stopped_by != "person":
            examined = tested(examined, record, trials, limits(settings, began, budget, run.seconds), patient=False)
    return Diagnosis(
        script=str(script),
        verdict=judged(str(script), run, examined.findings, results),
        findings=examined.findings,
        checks=results,
        probes=examined.probes,
        timing=Timing(script_s=round(run.seconds, 3), check_s=round(time.monotonic() - began, 3)),
    )


def limits(settings: Settings, began: float, budget: int | None, seconds: float) -> Limits:
    """How far probes may go: to the time limit of the whole, and twice as long as the script took, or a minute at most.

    Args:
        seconds: What the script took.
    """
    now = time.monotonic()
    most = min(MOST_SECONDS, LEAST_SECONDS + 2 * seconds)
    if settings.time:
        most = min(most, began + settings.time - now)
    return Limits(until=now + most, budget=budget, most=most)


def refuse_what_is_no_script(path: Path) -> None:
    """Raise `BringupError` for what Python could not run."""
    if path.is_dir():
        inside = path / "train.py"
        raise BringupError(f"{path} is a folder", do=f"name a script, for example {inside if inside.is_file() else 'train.py'}")
    if not path.exists():
        raise BringupError(f"no file {path}", there=nearest(path), do="name a script")
    if path.suffix == ".ipynb":
        raise BringupError(
            f"{path} is a notebook", do="use `with bringup.watch(model, optimizer):` in it, or turn it into a script"
        )
    if not os.access(path, os.R_OK):
        raise BringupError(f"{path} may not be read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are the script's own, and shown when it runs
            compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        raise BringupError(f"{path}{line} is not valid Python", there=error.msg) from None
    except ValueError as error:
        raise BringupError(f"{path} is no Python file", there=str(error)) from None


def nearest(path: Path) -> str:
    """The scripts beside a path that does not exist, as a clause."""
    folder = path.parent
    there = sorted(entry.name for entry in folder.glob("*.py"))[:5] if folder.is_dir() else []
    return "beside it are " + ", ".join(there) if there else ""
