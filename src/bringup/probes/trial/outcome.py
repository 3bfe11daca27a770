"""What came of a trial."""

from typing import Literal

from bringup.findings import Frozen
from bringup.record import Series


class Outcome(Frozen):
    """One run of a script, as far as a trial saw it.

    Attributes:
        ending: "finished" came to its last line, "enough" was ended by the trial after its steps, "raised" ended by an
            exception, "late" was ended at the trial's time limit.
        steps: Steps of the first optimizer.
        losses: The value on which the first backward pass of each step began, before any change of its sign.
        answers: How well the model answers rows that it was trained on, in eval mode, at the end: the share of right answers,
            averaged over the classes that occur, or R²; None where answers cannot be compared with targets.
        quantity: What `answers` is.
        acted: How often the change did something.
        measures: What the change itself measured.
        troubles: What went wrong with the trial itself.
    """

    ending: Literal["finished", "enough", "raised", "late"]
    steps: int = 0
    losses: Series = Series(unit="loss")
    answers: float | None = None
    quantity: str = ""
    acted: int = 0
    measures: dict[str, float] = {}
    error: str | None = None
    where: tuple[str, int] | None = None
    troubles: tuple[str, ...] = ()
    seconds: float = 0.0
