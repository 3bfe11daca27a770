"""The boundaries of a training in torch: what is hooked, and the events that it makes.

Measured: global forward hooks make every submodule take the slow path, so the call itself is replaced, and only the outermost
one does work; a dispatch mode or hooks on every operation would cost milliseconds a step.
"""

from typing import TYPE_CHECKING, Any

from bringup.capture.events import Site
from bringup.capture.person import Place
from bringup.capture.thinning import Level
from bringup.capture.torch import backward, gradients, loaders, losses, modes, modules, optimizers
from bringup.capture.torch.lens import BEFORE, Lens
from bringup.capture.torch.patching import Patches

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
        begins: Whether a pass over a loader has begun since the last call of a root.
        level: How much that call was worth; None where a loss has followed it.
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
        self.scaled: tuple[Any, Any] | None = None  # weak references to a scaled loss, and to the loss
        self.pending: list[Site] = []
        self.begins = False
        self.level: Level | None = None
        self.loss_places: dict[Place | None, Place | None] = {}

    def install(self) -> None:
        """Hook in; `session.uninstall` undoes it."""
        for boundary in (modules, modes, losses, backward, gradients, optimizers, loaders):
            boundary.install(self)
        self.session.undo.append(self.patches.undo)
        self.session.undo.append(self.lens.close)
        self.lens.open(BEFORE)
        if self.session.trace is not None:
            self.session.after_steps.append(self.open_for_trace)

    def open_for_trace(self) -> None:
        """Open the lens where the step begins that is to be traced, with whatever comes before its first model."""
        if self.session.steps == self.session.trace:
            self.lens.open()
