"""The sections of a record about what was computed between the input and the loss, as the graph and the operations show it."""

from typing import Literal

from bringup.findings import Frozen, Where
from bringup.record.loss_facts import ActivationFacts

Shape = tuple[int, ...]


class StackFacts(Frozen):
    """A function right on top of another, nothing but views between: a softmax of a softmax.

    Attributes:
        outer: What is computed last: "log_softmax", "sigmoid", "binary_cross_entropy_with_logits"…
        where: Its line, that of the loss where it is part of one.
    """

    outer: str
    outer_axis: int | None = None
    inner: ActivationFacts
    where: Where | None = None


class PickFacts(Frozen):
    """How a loss written by hand picks the value of the right class.

    Attributes:
        by: "gather" or "index" (by number), "product" (times a one-hot target).
        axis: The axis over which it picks.
        picked: What it picks from, None where its last operation is no activation function.
        where: The line that picks.
    """

    by: Literal["gather", "index", "product"]
    axis: int | None = None
    picked: ActivationFacts
    where: Where | None = None


class WeighingFacts(Frozen):
    """A softmax whose result weighs values.

    Attributes:
        by: "matmul" or "product".
        axis: The axis of the softmax.
        summed: The axis of its result over which the weighted values are summed; None where it is not known.
        shape: The shape of the weights.
        of_products: Whether the scores are products of two computed things, as of queries with keys.
        where: The line of the softmax.
    """

    by: Literal["matmul", "product"]
    axis: int
    summed: int | None = None
    shape: Shape = ()
    of_products: bool = False
    where: Where | None = None


class LinearFacts(Frozen):
    """Layers with weights that have linear operations between them alone.

    Attributes:
        widths: The sizes from the input to the output, hidden ones between.
        called: The lines that call them, from the input to the output.
        created: The lines that construct them.
    """

    widths: tuple[int, ...]
    called: tuple[Where, ...] = ()
    created: tuple[Where, ...] = ()


class GraphFacts(Frozen):
    """What the graph of one place of a backward pass shows.

    Attributes:
        where: The line of the backward pass; `loss` that of the loss.
        reduced: The last operation, "sum" or "mean"; "" where it is another. `reduced_shape` is the shape of what it reduces.
        complete: Whether the whole graph was read.
        outputs: The activation functions that end models.
        linear: The layers, where everything below the outputs is linear.
    """

    where: Where | None = None
    loss: Where | None = None
    reduced: Literal["", "sum", "mean"] = ""
    reduced_shape: Shape = ()
    nodes: int = 0
    complete: bool = True
    stacks: tuple[StackFacts, ...] = ()
    picks: tuple[PickFacts, ...] = ()
    weighings: tuple[WeighingFacts, ...] = ()
    outputs: tuple[ActivationFacts, ...] = ()
    linear: LinearFacts | None = None


class BroadcastFacts(Frozen):
    """An operation outside of the model on two tensors of as many values that made many more of them.

    Attributes:
        operation: Its name.
        left: The shape of the first; likewise the second, and the result.
        trains: Whether the result has a gradient.
    """

    operation: str
    left: Shape
    right: Shape
    result: Shape
    trains: bool
    where: Where | None = None


class SingleFacts(Frozen):
    """A largest value, or its place, taken over an axis of one value: the place is always 0.

    Attributes:
        operation: "max" or "argmax".
        shape: The shape of what it is taken of; `axis` is the axis.
        given: Whether that was given to the program, and not computed from weights.
    """

    operation: str
    shape: Shape
    axis: int
    given: bool
    where: Where | None = None


class ViewFacts(Frozen):
    """A view that gives an axis the place of another without moving its values.

    Attributes:
        before: The shape before; likewise after.
        moved: The sizes that stand at another place after it.
        seen: Different shapes for which this line did so.
        inside_model: Whether a model called it.
    """

    operation: str
    before: Shape
    after: Shape
    moved: tuple[int, ...]
    seen: int = 1
    inside_model: bool = False
    where: Where | None = None


class MixingFacts(Frozen):
    """Whether examples of a batch reach each other's outputs in eval mode, by the gradient of one output by all inputs.

    Attributes:
        model: The class of the module; `call` is the line that calls it.
        rows: Examples in the batch.
        reached: Examples, other than the own one, that the output depends on.
        input_shape: The shape of the input; likewise the output.
        batch_axis: The axis of the examples, in the input.
        layer: The layer that takes the examples for steps of a sequence; its construction is `created`.
        layer_shape: The shape of what goes into it.
        reason: How they mix: "sequence-axis", "softmax", "view" or "" where unknown.
        where: The line that mixes them.
    """

    model: str
    call: Where | None = None
    rows: int
    reached: int
    input_shape: Shape = ()
    output_shape: Shape = ()
    batch_axis: int = 0
    layer: str = ""
    layer_shape: Shape = ()
    batch_first: bool = False
    reason: Literal["", "sequence-axis", "softmax", "view"] = ""
    where: Where | None = None
