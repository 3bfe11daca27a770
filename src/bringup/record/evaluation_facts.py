"""The sections of a record about how a program judges its model."""

from typing import Literal

from bringup.findings import Frozen, Where


class LoopFacts(Frozen):
    """A variable that a loop over evaluation batches overwrites, so that after the loop it tells of one batch only.

    Attributes:
        site: The place in the loop from which the model is called.
        kind: "overwritten" starts at a number, is assigned in each round and read after the loop; "reset" is a list that is
            emptied in each round; "kept" is a batch's answer and truth, compared after the loop; "returned" leaves the loop in
            its first round.
        where: The line that assigns, empties, compares or returns.
        variable: Its name.
        batches: Calls of the model in the last pass through the loop.
        expected: Batches of the loader, where known.
    """

    site: int
    kind: Literal["overwritten", "reset", "kept", "returned"]
    where: Where | None = None
    variable: str = ""
    batches: int = 0
    expected: int | None = None


class ChoiceFacts(Frozen):
    """The largest value of a model's output, chosen along an axis; seen at the first calls of a place.

    Attributes:
        shape: The shape of what was chosen from.
        axis: The axis that was chosen along; None for all values together.
        result: The shape of what came out.
    """

    site: int
    function: str
    where: Where | None = None
    shape: tuple[int, ...] = ()
    axis: int | None = None
    result: tuple[int, ...] = ()
