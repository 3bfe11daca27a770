"""The section of a record about what was done with the data before the training, seen at the boundary to scikit-learn."""

from typing import Literal

from bringup.findings import Frozen, Where

FittedOn = Literal["all", "train", "held-out", "unknown"]


class SplitCallFacts(Frozen):
    """A call that parted rows.

    Attributes:
        order: The place in the order of all events of this section.
        rows: Rows that were parted; `held_out` of them went into the second part, 0 where there are folds.
        stratified: Whether by class.
        shuffled: Whether the rows were shuffled before.
    """

    order: int
    where: Where | None = None
    rows: int = 0
    held_out: int = 0
    stratified: bool = False
    shuffled: bool = True


class FitFacts(Frozen):
    """A transformer that was fitted, or rows that were resampled.

    Attributes:
        kind: The class, or the function.
        does: "scale", "select", "encode", "reduce", "impute", "resample".
        supervised: Whether it was given the target.
        on: Which rows it was fitted on, as far as it is known by identity: "held-out" is the second part of a split.
        again: Whether a transformer of the same class was fitted on other rows with as many columns before.
    """

    order: int
    kind: str
    does: str
    where: Where | None = None
    rows: int = 0
    columns: int = 0
    supervised: bool = False
    on: FittedOn = "unknown"
    again: bool = False


class ScoreFacts(Frozen):
    """A metric that was computed.

    Attributes:
        name: The function ("accuracy_score").
        decided: Whether it was given decisions (classes), not scores or probabilities.
        value: What came out, where it is a number.
    """

    name: str
    where: Where | None = None
    rows: int = 0
    decided: bool = False
    value: float | None = None


class PreparationFacts(Frozen):
    """What was seen of the preparation.

    Attributes:
        shuffles: The lines that shuffled or drew a permutation before the training, in their order.
    """

    splits: tuple[SplitCallFacts, ...] = ()
    fits: tuple[FitFacts, ...] = ()
    scores: tuple[ScoreFacts, ...] = ()
    shuffles: tuple[Where, ...] = ()
