"""One watched program: its observers, what is switched on, and what it has written."""

import io
import os
import threading
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bringup.capture.captured import CAPTURE, SAMPLES
from bringup.capture.events import Present
from bringup.capture.imports import AfterImport
from bringup.capture.observer import COUNTED, EVENTS, Observer
from bringup.capture.series import Curve
from bringup.capture.sklearn.boundaries import watch as watch_preparation
from bringup.capture.source.creations import Creations
from bringup.capture.source.person import Person, Place
from bringup.capture.thinning import Level, breathes, counts_breath, in_detail, in_window, is_told, next_look

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

UNSTEPPED = 16  # backward passes, with an optimizer that has not stepped, before they are counted as steps


class Session:
    """What is watched in this process.

    Nothing is loaded before the program loads it: torch is watched from the end of the program's own `import torch` on.

    Args:
        root: The folder of the person's program.
        trace: The step whose every operation is looked at, where a first run has seen a value that is not finite.

    Attributes:
        optimized: Steps of the first optimizer.
        backwards: Backward passes.
        steps: Steps of the first optimizer; backward passes while no optimizer has stepped, so that time goes on without one.
        detail: Whether the present step is looked at closely.
        window: Whether it is one of some in a row whose events are told.
        awake: Whether events are made at all: between windows the boundaries only count, and keep `present` and `curves` up
            to date, unless an observer has asked for more.
        breathes: Whether its graphs are marked, so that those that are kept can be counted.
        asked: The observers that have.
        sleepless: Whether events are made at every step.
        curves: The losses of each line that a backward pass began at.
        present: What the program is about.
        told: By level, and by event, the methods of observers.
        expects_steps: Whether an optimizer was built: then the first backward passes belong to its first step.
        after_steps: Called after each step, and after each backward pass while no optimizer has stepped.
        troubles: Observers that failed, and why; they are switched off and the program goes on.
    """

    def __init__(self, *, root: Path | None = None, trace: int | None = None) -> None:
        self.person = Person(root)
        self.creations = Creations(self.person)
        self.trace = trace
        self.active = False
        self.telling = 0  # while observers are told, what they compute themselves is no event
        self.optimized = 0
        self.backwards = 0
        self.steps = 0
        self.detail = self.window = self.awake = True
        self.breathes = True
        self.until = 0  # the step from which on `awake` or `breathes` may be another
        self.asked: set[str] = set()
        self.sleepless = trace is not None
        self.curves: dict[Place | None, Curve] = {}
        self.present = Present()
        self.expects_steps = False
        self.frameworks: list[str] = []
        self.after_steps: list[Callable[[], None]] = []
        self.before_watch: Callable[[Any], None] | None = None  # of a trial: adds its own observers instead of the usual ones
        self.observers: list[Observer] = []
        self.troubles: dict[str, str] = {}
        self.told: tuple[dict[str, list[Callable[..., None]]], ...] = tuple({event: [] for event in EVENTS} for _ in Level)
        self.listeners = self.told[Level.CLOSE]
        self.undo: list[Callable[[], None]] = []
        self.thread = threading.get_ident()
        self.watch: Watch | None = None  # of torch, once that is imported
        self.imports = AfterImport({"torch": self.watch_torch, "keras": self.watch_keras, "sklearn": self.watch_sklearn})

    def install(self) -> None:
        """Switch on."""
        self.active = True
        alive = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: rest(alive()))
        watch_preparation(self)
        self.imports.install()

    def uninstall(self) -> None:
        """Put everything back."""
        self.active = False
        self.imports.uninstall()
        while self.undo:
            self.undo.pop()()

    def watch_torch(self) -> None:
        """Hook into torch, right after it was imported; the program's import must not fail by what is wrong with our hooks."""
        self.frameworks.append("torch")
        try:
            from bringup.capture.torch.boundaries import watch

            self.watch = watch(self)
        except Exception as error:  # noqa: BLE001 - noted, and told to the person in the end
            self.trouble("torch", error)

    def watch_keras(self) -> None:
        """Hook into Keras, right after it was imported; on its torch backend torch was imported before."""
        try:
            from bringup.capture.keras.boundaries import watch

            watch(self)
        except Exception as error:  # noqa: BLE001 - as above
            self.trouble("keras", error)

    def watch_sklearn(self) -> None:
        """Note that scikit-learn was imported."""
        self.frameworks.append("sklearn")

    def add(self, *observers: Observer) -> None:
        """Take in observers."""
        for observer in observers:
            self.observers.append(observer)
            for event in EVENTS:
                method = getattr(observer, event, None)
                if method is not None:
                    every = observer.level_of(event) == Level.LIGHT and event in COUNTED and not observer.rests
                    self.sleepless = self.sleepless or every
                    for level in Level:
                        if level <= observer.level_of(event):
                            self.told[level][event].append(method)

    def emit(self, event: str, *what: Any, level: Level = Level.CLOSE) -> None:
        """Tell the observers that want an event of this level."""
        listeners = self.told[level][event]
        if listeners:
            self.tell(listeners, *what)

    def tell(self, listeners: Sequence[Callable[..., None]], *what: Any) -> None:
        """Call listeners. One that fails is switched off: the person's program must not suffer from it."""
        self.telling += 1
        for listener in listeners:
            try:
                listener(*what)
            except Exception as error:  # noqa: BLE001 - noted, and told to the person in the end
                self.drop(listener, error)
        self.telling -= 1

    def leave(self, observer: Observer, *events: str) -> None:
        """Tell an observer of these events no more: it has seen what it wanted."""
        for listeners in self.told:
            for event in events:
                listeners[event] = [entry for entry in listeners[event] if getattr(entry, "__self__", None) is not observer]

    def trouble(self, name: str, error: Exception) -> None:
        """Note what is wrong with our own work: it must not be the program's, and is told to the person in the end."""
        self.troubles[name] = f"{type(error).__name__}: {error}"

    def drop(self, listener: Callable[..., None], error: Exception) -> None:
        """Switch off the observer of a listener."""
        observer: Any = getattr(listener, "__self__", None)
        self.trouble(type(observer).__name__, error)
        self.leave(observer, *EVENTS)

    @property
    def watching(self) -> bool:
        """Whether events of the current thread count."""
        return self.active and threading.get_ident() == self.thread

    def counted(self, *, steps: int = 0, backwards: int = 0) -> None:
        """Count."""
        self.optimized += steps
        self.backwards += backwards
        if steps or not self.optimized:
            waits = self.expects_steps and self.backwards <= UNSTEPPED
            self.steps = self.optimized or (0 if waits else self.backwards)
            if self.steps >= self.until:
                self.look_ahead()
            for action in self.after_steps:
                action()

    def look_ahead(self) -> None:
        """Decide how closely to look from this step on."""
        step = self.steps
        if self.optimized and counts_breath(step - 1):
            if self.watch is not None and self.watch.steady is not None:
                self.watch.steady.count()
            self.emit("after_breath", step - 1, level=Level.LIGHT)
        self.breathes = breathes(step)
        self.window = in_window(step) or step == self.trace
        self.detail = self.window and (in_detail(step) or step == self.trace)
        self.awake = self.sleepless or not self.optimized or bool(self.asked) or is_told(step)
        if self.awake:
            self.count_steady()
        elif self.watch is not None and self.watch.steady is not None:
            self.watch.steady.look()
        at_once = self.awake or self.breathes or counts_breath(step)
        self.until = step + 1 if at_once else next_look(step)

    def ask(self, observer: Observer, *, for_more: bool) -> None:
        """Make events at each step while an observer wants them."""
        if for_more:
            self.asked.add(type(observer).__name__)
            self.awake, self.until = True, 0
            self.count_steady()
        else:
            self.asked.discard(type(observer).__name__)

    @property
    def is_calm(self) -> bool:
        """Whether nobody has to hear of anything before the next step that is told."""
        return self.active and not self.awake and not self.after_steps

    def count_steady(self) -> None:
        """Bring everything up to date that the boundaries count only now and then."""
        if self.watch is not None:
            self.watch.unsteady()

    def failed(self, error: BaseException) -> None:
        """Note the exception that ended the program."""
        self.count_steady()
        self.emit("on_failure", error)

    def ended(self) -> None:
        """Let observers look at live objects for the last time."""
        self.count_steady()
        self.emit("at_end")

    def sections(self) -> dict[str, Any]:
        """What the observers have noted, by section of the record; series and lists of several observers are joined."""
        self.count_steady()
        found: dict[str, Any] = {"series": {}}
        for observer in list(self.observers):
            try:
                own = observer.facts()
            except Exception as error:  # noqa: BLE001 - one observer must not cost the others their facts
                self.trouble(type(observer).__name__, error)
                continue
            found["series"] |= own.pop("series", {})
            found |= own
        return found

    def save(self, folder: Path) -> None:
        """Write what was seen so far into a folder, each file whole or not at all; may be called again and again."""
        from bringup.record import Record, write_bytes, write_record

        record = Record(origin="capture", **self.sections())
        write_record(record, folder / CAPTURE)
        write_bytes(folder / SAMPLES, packed(self.samples()))

    def samples(self) -> dict[str, Any]:
        """The arrays of all observers."""
        found: dict[str, Any] = {}
        for observer in list(self.observers):
            try:
                found |= observer.samples()
            except Exception as error:  # noqa: BLE001 - as above
                self.trouble(type(observer).__name__, error)
        return found


def rest(session: Session | None) -> None:
    """Do nothing more: this is a forked child, and the record is the parent's."""
    if session is not None:
        session.active = False
        if session.watch is not None:
            session.watch.steady = None


def packed(samples: dict[str, Any]) -> bytes:
    """Arrays as one npz file; nothing where there are none, so that numpy is not loaded for it."""
    if not samples:
        return b""
    import numpy as np

    buffer = io.BytesIO()
    np.savez(buffer, **samples)
    return buffer.getvalue()
