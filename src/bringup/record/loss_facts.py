"""The sections of a record about what goes into the loss."""

from typing import Any

from pydantic import Field

from bringup.findings import Frozen, Where
from bringup.record.program_facts import TensorFacts


class ActivationFacts(Frozen):
    """The activation function that made a tensor: "softmax", "log_softmax", "sigmoid", "relu"…

    Attributes:
        axis: The axis over which it works, counted from the first; None for those that work on each value alone.
        shape: The shape of what it made, before it was looked at in another.
    """

    kind: str
    axis: int | None = None
    shape: tuple[int, ...] = ()
    where: Where | None = None


class LossFacts(Frozen):
    """One place where a loss function is called.

    Attributes:
        function: Its name in `torch.nn.functional`.
        input: What is judged, at the first call; likewise the target.
        options: The other arguments, defaults included.
        value: The first value, its mean where it is not reduced.
        failed: Whether the first call raised.
        calls: All calls; `training` of them with a gradient.
    """

    function: str
    where: Where | None = None
    callers: tuple[Where, ...] = ()
    input: TensorFacts = TensorFacts()
    target: TensorFacts = TensorFacts()
    options: dict[str, Any] = Field(default_factory=dict)
    activation: ActivationFacts | None = None
    value: float | None = None
    output_shape: tuple[int, ...] = ()
    failed: bool = False
    step: int = 0
    calls: int = 0
    training: int = 0
