"""Keeping what a session saw: now and then while the program runs, and however it ends."""

import _thread
import atexit
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bringup.capture.session import Session

ENDING = "ending.json"
FIRST_SECONDS, LONGEST_SECONDS = 2.0, 64.0  # between two snapshots; each interval is twice the one before
LOOK_SECONDS = 1.0  # how often the clock, the parent and the time limit are looked at
MARGIN_SECONDS = 1.0  # before the time limit: a program may ignore the signal that ends it
WORTH = 50  # a snapshot may cost one part in so many of the time to the next one


class Keeper:
    """Saves a session's record at growing intervals and at the end, whichever end that is.

    Only the process in which this was made saves: forked children inherit all this, and do nothing with it.

    Args:
        folder: Where to write; absolute, because the program may change its directory.
        limit_seconds: When the program will be stopped, counted from now; the record is saved again and again
            from shortly before on.
        parent: The process that waits for this one; when it is gone, nobody will read what the program does.
    """

    def __init__(
        self, session: "Session", folder: Path, *, limit_seconds: float | None = None, parent: int | None = None
    ) -> None:
        self.session, self.folder, self.parent = session, folder, parent
        self.process = os.getpid()
        self.exit_now: Callable[[int], Any] = os._exit
        self.began = time.monotonic()
        self.interval = FIRST_SECONDS
        self.look = 0.0
        self.due: float | None = None  # from the first step on: there is nothing to lose before
        self.limit = None if limit_seconds is None else self.began + limit_seconds - MARGIN_SECONDS
        self.lock = _thread.allocate_lock()
        self.busy: set[int] = set()  # the threads that save at the moment
        self.stop_next = False
        self.unsaved = True
        self.ending: dict[str, Any] = {"ending": "running"}
        self.trouble: str | None = None

    def install(self) -> None:
        """Be told of steps, of the end, of signals and of forks."""
        self.write_ending()
        self.session.after_steps.append(self.after_step)
        atexit.register(self.at_the_very_end)  # registered first, so it runs after all that the program registers
        os._exit = self.leave_at_once
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, self.on_signal)
        os.register_at_fork(after_in_child=self.rest)

    @property
    def watching(self) -> bool:
        """Whether this is the process that is watched, not a fork of it."""
        return os.getpid() == self.process

    def rest(self) -> None:
        """Put back what a forked child would notice."""
        os._exit = self.exit_now
        atexit.unregister(self.at_the_very_end)
        if signal.getsignal(signal.SIGTERM) == self.on_signal:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def after_step(self) -> None:
        """Take a snapshot when it is time."""
        self.unsaved = True
        now = time.monotonic()
        if now < self.look or not self.watching:
            return
        self.look = now + LOOK_SECONDS
        if self.parent is not None and os.getppid() != self.parent:
            self.die()
        if self.due is None:
            self.due = now + self.interval
        if now >= self.due or (self.limit is not None and now >= self.limit):
            self.snapshot()

    def snapshot(self) -> None:
        """Save, and decide when to save next."""
        began = time.monotonic()
        self.save()
        self.write_ending()
        now = time.monotonic()
        self.interval = max(min(2 * self.interval, LONGEST_SECONDS), WORTH * (now - began))
        self.due = now + self.interval

    def save(self) -> None:
        """Save the record. What goes wrong is noted in the ending: the program must not suffer from it."""
        with self.undisturbed():
            if not self.lock.acquire(timeout=10):
                return  # another thread is at it; what that writes will do
            try:
                self.unsaved = False
                self.session.save(self.folder)
            except Exception as error:  # noqa: BLE001 - told in the ending
                self.note(error)
            finally:
                self.lock.release()

    def end(self, ending: str, *, exit_code: int | None = None, error: BaseException | None = None) -> None:
        """Note how the program ended, let the observers look for the last time, and save.

        A second end (a signal while threads still run, `os._exit` in an exit handler) changes the exit code only.
        """
        if self.ending["ending"] != "running":
            self.ending = self.ending | {"exit_code": exit_code}
        else:
            self.ending = {"ending": ending, "exit_code": exit_code, "error": None if error is None else describe(error)}
            with self.undisturbed():
                self.last_look(error)
        self.save()
        self.write_ending()

    def last_look(self, error: BaseException | None) -> None:
        """Tell the session that the program is over."""
        try:
            if error is not None:
                self.session.failed(error)
            self.session.ended()
        except Exception as defect:  # noqa: BLE001 - told in the ending
            self.note(defect)

    def note(self, error: Exception) -> None:
        """Remember the first thing that went wrong here."""
        self.trouble = self.trouble or describe(error)

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Put off signals that end the program until what is begun is done."""
        me = _thread.get_ident()
        if me in self.busy:
            yield
            return
        self.busy.add(me)
        interrupt = signal.getsignal(signal.SIGINT) if threading.current_thread() is threading.main_thread() else None
        if interrupt is not None:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            yield
        finally:
            self.busy.discard(me)
            if interrupt is not None:
                signal.signal(signal.SIGINT, interrupt)
            if self.stop_next:
                self.on_signal(signal.SIGTERM, None)

    def at_the_very_end(self) -> None:
        """Save once more if the program went on after its last line: in threads, or in its own exit handlers."""
        if self.watching and self.unsaved:
            self.save()
            self.write_ending()

    def leave_at_once(self, status: int) -> None:
        """Stand in for `os._exit`."""
        if self.watching:
            self.end("exited", exit_code=status)
        self.exit_now(status)

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Save, then end as the signal would have."""
        del frame
        if self.watching:
            if _thread.get_ident() in self.busy:
                self.stop_next = True
                return
            self.stop_next = False
            self.end("killed")
            flush()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def die(self) -> None:
        """End this process and those that it started: the one that watched it was killed."""
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
        self.exit_now(128 + signal.SIGKILL)

    def write_ending(self) -> None:
        """Write how the program ended, or that it runs, and how far it has come; whole or not at all."""
        session = self.session
        content = self.ending | {
            "steps": session.optimized or session.backwards,
            "backwards": session.backwards,
            "frameworks": session.frameworks,
            "trouble": self.trouble,
            "observers": session.troubles,
        }
        beside = self.folder / f".{ENDING}.part"
        try:
            beside.write_text(json.dumps(content), encoding="utf-8")
            beside.replace(self.folder / ENDING)
        except OSError as error:
            sys.stderr.write(f"bringup: cannot write {self.folder / ENDING}: {error.strerror}\n")


def describe(error: BaseException) -> str:
    """An exception as the last line of its traceback."""
    try:
        said = " ".join(str(error).split())
    except Exception as second:  # noqa: BLE001 - an exception of the person's own whose text cannot be made
        said = f"<no text: {type(second).__name__}>"
    name = type(error).__name__
    return f"{name}: {said[:500]}" if said else name


def flush() -> None:
    """Pass on what the program printed; a signal ends it without that."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, ValueError, OSError, RuntimeError):
            continue  # closed, replaced by something else, or in the middle of a write
