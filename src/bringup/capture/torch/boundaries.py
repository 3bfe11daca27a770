"""The boundaries of a training in torch: what is hooked, and the events that it makes.

Measured: global forward hooks make every submodule take the slow path, so the call itself is replaced, and only the outermost
one does work; a dispatch mode or hooks on every operation would cost milliseconds a step.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bringup.capture.events import Site, Stepped
from bringup.capture.source.person import Place
from bringup.capture.thinning import Level
from bringup.capture.torch import backward, gradients, loaders, losses, modes, modules, optimizers
from bringup.capture.torch.lens import BEFORE, Lens
from bringup.capture.torch.patching import Patches
from bringup.capture.torch.steady import BEGUN, Steady, Trail, steady_step

if TYPE_CHECKING:
    from bringup.capture.session import Session


def watch(session: "Session") -> "Watch":
    """Hook into torch for a session, with all its observers."""
    from bringup.capture.observers.table import observers

    made = Watch(session)
    if session.before_watch is None:
        session.add(*(observer(session) for observer in observers()))
    else:
        session.before_watch(made)
        session.sleepless = True  # what it changes, it changes at every step
    made.install()
    return made


class Watch:
    """What the hooks need to know of each other, from one event to the next.

    Attributes:
        depth: 1 inside the call of a root, else 0.
        called: The root that is being called.
        in_backward: Whether a backward pass runs; modules that are called inside it are recomputed activations.
        by_backward: Whether there was a backward pass.
        loss_places: The line of the loss by the line of the backward pass.
        pending: Places whose calls no backward pass has followed yet.
        muted: Greater than 0 while a library runs what is no training: shape inference, metrics.
        layers: Of a library that calls layers by itself, those at work now, outermost first.
        input_hooks, loss_hooks: Of trials: called with what goes into such layers and losses, and return what is to go in.
        no_penalties: Likewise with the penalties on weights that are added to a loss.
        begins: Whether a pass over a loader has begun since the last call of a root.
        level: How much that call was worth; None where a loss has followed it.
        steady: The steady step, where the last one was such; None while events are made.
        trail: What happened since the last step of the optimizer that counts the time.
    """

    def __init__(self, session: "Session") -> None:
        self.session = session
        self.patches = Patches()
        self.lens = Lens(self)
        self.depth = 0
        self.called: Any = None
        self.in_backward = False
        self.by_backward = False
        self.in_loss = False
        self.muted = 0
        self.layers: list[Any] = []
        self.input_hooks: list[Callable[[Any, Any, Any], tuple[Any, Any]]] = []
        self.loss_hooks: list[Callable[[str, Any, Any], tuple[Any, Any]]] = []
        self.no_penalties: Callable[[list[Any]], list[Any]] | None = None
        self.steps = optimizers.Steps(self)
        self.caught: Any = None  # of a library that hides where its exceptions come from: see `capture.keras.caught`
        self.scaled: tuple[Any, Any] | None = None  # weak references to a scaled loss, and to the loss
        self.pending: list[Site] = []
        self.begins = False
        self.level: Level | None = None
        self.steady: Steady | None = None
        self.trail = Trail()
        self.loss_places: dict[Place | None, Place | None] = {}

    def install(self) -> None:
        """Hook in; `session.uninstall` undoes it."""
        for boundary in (modules, modes, losses, backward, gradients, optimizers, loaders):
            boundary.install(self)
        self.session.undo.append(self.patches.undo)
        self.session.undo.append(self.lens.close)
        self.session.undo.append(self.unsteady)
        self.lens.open(BEFORE)
        if self.session.trace is not None:
            self.session.after_steps.append(self.open_for_trace)

    def unsteady(self) -> None:
        """Something happens that no steady step has: count those that were, and let the boundaries go their usual way."""
        steady, self.steady = self.steady, None
        if steady is not None:
            self.trail.begin(broken=steady.stage != BEGUN)
            steady.count()

    def stepped(self, entry: Stepped, optimizer: Any) -> None:
        """A step is done: look out for more like it."""
        self.steady = steady_step(self, entry, optimizer)
        self.trail.begin()

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Make no events in this block."""
        before = self.depth, self.in_loss
        self.depth, self.in_loss = 1, True
        self.muted += 1
        self.session.telling += 1
        try:
            yield
        finally:
            self.session.telling -= 1
            self.muted -= 1
            self.depth, self.in_loss = before

    def place_of_operation(self, depth: int) -> Place | None:
        """The line of an operation; inside of a library's layer, the line that built the layer."""
        session = self.session
        if self.layers and (layer := self.layers[-1]) is not None and not session.person.owns_class(type(layer)):
            return session.creations.place(layer) or session.person.place(depth + 1)
        return session.person.place(depth + 1)

    def open_for_trace(self) -> None:
        """Open the lens where the step begins that is to be traced, with whatever comes before its first model."""
        if self.session.steps == self.session.trace:
            self.lens.open()
