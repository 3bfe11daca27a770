"""What changes one thing in a program that runs."""

from typing import TYPE_CHECKING, Any

from bringup.capture.observer import Observer

if TYPE_CHECKING:
    from bringup.capture.session import Session
    from bringup.capture.torch.boundaries import Watch


class Intervention(Observer):
    """The base of all changes: an observer that, unlike all others, does change what the program computes.

    Its patches are made before those of the boundaries, so that boundaries see what the program gives and what the change
    returns.

    Attributes:
        options: What the probe has asked for; plain values.
        acted: How often it has changed something.
        measures: What it measured.
        done: Set where nothing more is to be learned from this trial: it ends after the step.
    """

    def __init__(self, session: "Session", options: dict[str, Any]) -> None:
        super().__init__(session)
        self.options = options
        self.acted = 0
        self.done = False
        self.measures: dict[str, float] = {}

    @property
    def muted(self) -> bool:
        """Whether a library runs what is no training, such as shape inference: nothing is to be changed there."""
        return self.session.watch is not None and self.session.watch.muted > 0

    def install(self, watch: "Watch") -> None:
        """Patch torch, where events are not enough."""

    def uninstall(self) -> None:
        """Undo what the patches of the boundaries do not undo."""
