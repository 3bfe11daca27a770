"""The section of a record about values that are not finite: when they came, and what made them."""

from typing import Literal

from bringup.findings import Frozen, Where
from bringup.record.failure_facts import OperandFacts

Phase = Literal["given", "prepared", "weights", "forward", "backward", "update"]


class OriginFacts(Frozen):
    """The operation that made the first value that is not finite and reached the loss or a gradient.

    Attributes:
        phase: "forward" and "backward" made it out of finite values, "update" made weights out of finite gradients; "given" are
            inputs or targets that were not finite from the beginning, "prepared" those that a line of the program made so,
            "weights" are weights that an earlier step has spoiled.
        operation: The function of torch: "log", "div"; in the backward pass the function that was differentiated.
        value: "nan", "inf" or "-inf", the first kind that is found in the result.
        operands: What went in; in the backward pass what the forward pass saved.
        dtype: Of the result.
        empty: Whether what went in has no values at all, or one where a spread was asked for.
        largest_gradient: In the backward pass, the largest gradient that came in.
    """

    phase: Phase
    operation: str
    value: str = "nan"
    where: Where | None = None
    operands: tuple[OperandFacts, ...] = ()
    dtype: str = ""
    empty: bool = False
    largest_gradient: float | None = None


class SuspectFacts(Frozen):
    """An operation in the graph of the loss whose result or derivative can be infinite."""

    operation: str
    where: Where | None = None


class NonFiniteFacts(Frozen):
    """The first loss that is not finite, and where it came from as far as is known.

    Attributes:
        step: Steps that were done before it; `where` is the line of the loss.
        value: "nan", "inf" or "-inf".
        weights: Whether weights were spoiled already, so that the step before is to blame.
        inputs: Whether what the model or the loss was given was not finite.
        first: The first loss of this line; `largest` in size and `last` before it broke.
        trace: The step that a second run has to look at.
        traced: Whether this was looked at in a second run; without an `origin` it was not reproduced.
        suspects: What the graph of the loss holds that could be to blame.
    """

    step: int
    value: str
    where: Where | None = None
    weights: bool = False
    inputs: bool = False
    first: float | None = None
    largest: float | None = None
    last: float | None = None
    trace: int | None = None
    traced: bool = False
    origin: OriginFacts | None = None
    suspects: tuple[SuspectFacts, ...] = ()

    @property
    def growth(self) -> float:
        """How many times its first size the loss had before it broke; 1 where it never grew."""
        if self.first is None or self.largest is None:
            return 1.0
        return max(1.0, abs(self.largest) / max(abs(self.first), 1e-12))
