"""The watched process: `python -m bringup.capture.process.child FOLDER` runs a person's script as `python SCRIPT ARGS` would.

FOLDER/settings.json says what to run. The script sees nothing of this: its `__main__` is a module of its own, its arguments,
path, working directory and environment are those that it would have alone, and its exceptions are printed without our frames.
"""

import builtins
import json
import os
import sys
from importlib import import_module
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

from bringup.capture.process.keeper import Keeper, flush

PACKAGE = str(Path(__file__).parents[2]) + os.sep
SETTINGS = "settings.json"
INTERRUPTED = 130  # what shells report for a program that ended by Ctrl-C
OWN_MAIN = sys.modules["__main__"]  # kept: the interpreter runs in it, and it is about to lose its name


def main() -> None:
    """Watch and run the script that the folder names."""
    folder = Path(sys.argv[1]).absolute()
    settings: dict[str, Any] = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
    script: str = settings["script"]
    if settings.get("line_buffered") and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(line_buffering=True)  # pyright: ignore[reportAttributeAccessIssue]
    from bringup.capture.session import Session

    session = Session(root=Path(script).absolute().parent, trace=settings.get("trace"))
    keeper = Keeper(session, folder, limit_seconds=settings.get("limit_seconds"), parent=settings.get("parent"))
    session.install()
    keeper.install()
    if session.trace is not None:
        session.after_steps.append(lambda: stop_after_trace(keeper))
    end_as(keeper, run(script, settings.get("args", [])))


def stop_after_trace(keeper: Keeper) -> None:
    """End a second run that has seen the step for which it was made; at once, since a script may catch any exception."""
    trace = keeper.session.trace
    if trace is not None and keeper.session.steps > trace and keeper.watching:
        flush()
        keeper.leave_at_once(0)


def run(script: str, arguments: list[str]) -> BaseException | None:
    """Run a script as the main module; return what ended it, None where it came to its last line."""
    path = os.path.join(os.getcwd(), script)  # as Python names it: absolute, and no shorter than it was given
    sys.argv[:] = [script, *arguments]
    sys.orig_argv[:] = [sys.executable, script, *arguments]
    if not sys.flags.safe_path:
        sys.path.insert(0, os.path.dirname(os.path.realpath(path)))
    module = sys.modules["__main__"] = main_module(path)
    try:
        with open(path, "rb") as file:
            code = compile(file.read(), path, "exec", dont_inherit=True)
        exec(code, module.__dict__)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it ends the script, and is told as Python would
        return error
    return None


def main_module(path: str) -> ModuleType:
    """A main module with the attributes that Python gives it."""
    module = ModuleType("__main__")
    module.__file__ = path
    module.__builtins__ = builtins  # pyright: ignore[reportAttributeAccessIssue]
    module.__loader__ = SourceFileLoader("__main__", path)
    module.__dict__["__cached__"] = None
    if sys.version_info < (3, 14):
        module.__annotations__ = {}
    return module


def end_as(keeper: Keeper, outcome: BaseException | None) -> None:
    """Save, then end this process as Python would have."""
    if outcome is None:
        keeper.end("finished", exit_code=0)
    elif isinstance(outcome, SystemExit):
        keeper.end("exited", exit_code=exit_code(outcome.code))
        raise outcome.with_traceback(None)
    else:
        interrupted = isinstance(outcome, KeyboardInterrupt)
        status = INTERRUPTED if interrupted else 1
        keeper.end("stopped" if interrupted else "raised", exit_code=status, error=outcome)
        flush()
        show(outcome)
        raise SystemExit(status)


def exit_code(code: object) -> int:
    """The status that the system sees for the argument of `sys.exit`."""
    if code is None:
        return 0
    return code & 0xFF if isinstance(code, int) else 1


def show(error: BaseException) -> None:
    """Print an exception as Python would, through the program's own hook if it has one."""
    without_ours(error, set())
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except SystemExit:
        raise
    except BaseException as second:  # noqa: BLE001 - printed, as Python does when a hook fails
        sys.__excepthook__(type(second), second, second.__traceback__)
        sys.__excepthook__(type(error), error, error.__traceback__)


def without_ours(error: BaseException | None, seen: set[int]) -> None:
    """Take our own frames out of the tracebacks of an exception and of those that led to it."""
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    error.__traceback__ = theirs(error.__traceback__)
    without_ours(error.__cause__, seen)
    without_ours(error.__context__, seen)


def theirs(traceback: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames of this package."""
    kept: list[TracebackType] = []
    while traceback is not None:
        if not traceback.tb_frame.f_code.co_filename.startswith(PACKAGE):
            kept.append(traceback)
        traceback = traceback.tb_next
    for place, entry in enumerate(kept):
        entry.tb_next = kept[place + 1] if place + 1 < len(kept) else None
    return kept[0] if kept else None


if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]
    import_module("bringup.capture.process.child").main()  # the same functions, in a module that keeps its name
