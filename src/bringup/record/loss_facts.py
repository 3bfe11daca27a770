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


class ClassFacts(Frozen):
    """What the input of a loss over classes holds along the axis of the classes.

    Attributes:
        axis: That axis; `count` is its size.
        sum_minimum: The smallest sum over the classes; likewise the largest. 1 for probabilities.
        mass_minimum: The smallest sum of e to the power of the values; likewise the largest. 1 for log-probabilities.
        one_hot: Share of the rows that are 1 for one class and 0 for the others.
    """

    axis: int
    count: int
    sum_minimum: float
    sum_maximum: float
    mass_minimum: float
    mass_maximum: float
    one_hot: float = 0.0


class ReachFacts(Frozen):
    """The values that the last operation before a loss can give, and the targets that lie outside.

    Attributes:
        low: The smallest value it can give, None where there is none; likewise the largest.
        outside: Share of the targets of the first call that lie outside by more than a hundredth of their spread.
        distance: Mean distance of those from the range, in standard deviations of all targets.
    """

    low: float | None = None
    high: float | None = None
    outside: float = 0.0
    distance: float = 0.0


class PaddingFacts(Frozen):
    """A value that the targets have wherever the input of the model is filled up at the end of a row.

    Attributes:
        value: It.
        share: Share of the targets that stand there.
        rows: Share of the rows whose ends are filled.
        weighted: Whether the loss leaves the value out, weighs it with 0, or gives every value on its own.
        class_too: Whether targets that are no padding have the same value.
    """

    value: int
    share: float
    rows: float
    weighted: bool = False
    class_too: bool = False


class LossFacts(Frozen):
    """One place where a loss function is called.

    Attributes:
        function: Its name in `torch.nn.functional`; of a loss written by hand, the function that it amounts to.
        written: Whether it is written by hand.
        input: What is judged, at the first call; likewise the target.
        options: The other arguments, defaults included.
        value: The first value, its mean where it is not reduced.
        failed: Whether the first call raised.
        calls: All calls; `training` of them with a gradient.
        classes: What the input holds along the axis of the classes; of the targets where these are shares of classes.
        target_minimum: The smallest target of all calls that were looked at; likewise the largest.
        target_whole: Whether all of them were whole numbers.
    """

    function: str
    written: bool = False
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
    classes: ClassFacts | None = None
    target_classes: ClassFacts | None = None
    reach: ReachFacts | None = None
    padding: PaddingFacts | None = None
    target_minimum: float | None = None
    target_maximum: float | None = None
    target_whole: bool = False
