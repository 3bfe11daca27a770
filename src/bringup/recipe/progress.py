"""What a run tells whoever watches it. The recipe knows this protocol only; terminals are drawn in `cli/progress.py`."""

from typing import Protocol

from bringup.recipe.document import StepResult


class Progress(Protocol):
    """Told what happens while it happens. Must return fast and must not raise: a run does not depend on being watched."""

    def step_started(self, step: str, what: str) -> None:
        """A gate of the recipe begins; `what` is a clause: "reading 32,561 rows"."""
        ...

    def step_ended(self, result: StepResult) -> None:
        """A gate of the recipe has its verdict."""
        ...

    def training(self, model: str, epoch: int, epochs: int, loss: float) -> None:
        """One epoch (counted from 1) of at most `epochs` is over; `loss` is the validation loss where there is one."""
        ...

    def note(self, text: str) -> None:
        """Something worth a line of its own: a sentence."""
        ...


class Silent:
    """Nobody watches: the default."""

    def step_started(self, step: str, what: str) -> None:
        """Say nothing."""

    def step_ended(self, result: StepResult) -> None:
        """Say nothing."""

    def training(self, model: str, epoch: int, epochs: int, loss: float) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""
