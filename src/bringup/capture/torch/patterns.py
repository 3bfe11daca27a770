"""Patterns in the graph of a loss: functions stacked on each other, how the right class is picked, what weighs values."""

from collections.abc import Iterator
from typing import Any

import torch

from bringup.capture.torch.graph import (
    ACTIVATIONS,
    TOKEN,
    VIEWS,
    Graph,
    axis_of,
    children,
    name_of,
    saved,
    shape_of,
    through_views,
)

OUTER = {
    "LogSoftmaxBackward0": "log_softmax", "SoftmaxBackward0": "softmax", "SigmoidBackward0": "sigmoid",
    "LogSigmoidBackward0": "log_sigmoid", "BinaryCrossEntropyWithLogitsBackward0": "binary_cross_entropy_with_logits",
}  # fmt: skip
LINEAR_STEPS = frozenset({"NegBackward0", "MeanBackward0", "MeanBackward1", "SumBackward0", "SumBackward1"})
SCALINGS = frozenset({"MulBackward0", "DivBackward0", "AddBackward0"})
SOFTMAX = frozenset({"SoftmaxBackward0", "SafeSoftmaxBackward0"})
PRODUCTS = frozenset({"BmmBackward0", "MmBackward0", "BaddbmmBackward0"})
SAME_SHAPE = frozenset(
    {
        "MulBackward0",
        "DivBackward0",
        "AddBackward0",
        "SubBackward0",
        "MaskedFillBackward0",
        "WhereBackward0",
        "NativeDropoutBackward0",
    }
)
MOST = 20
MOST_SOFTMAXES = 200


def ends(graph: Graph) -> list[Any]:
    """The nodes of the loss as the person has written it, and the last operation of each model."""
    tokens = [through_views(node) for node in graph.nodes if TOKEN in node.metadata]
    return [*graph.head(), *(node for node in tokens if node is not None)]


def stacked(graph: Graph) -> Iterator[tuple[Any, Any]]:
    """The functions that are computed right on top of an activation function, and that."""
    for node in ends(graph):
        if name_of(node) not in OUTER or not children(node):
            continue
        inner = through_views(children(node)[0])
        if inner is not None and name_of(inner) in ACTIVATIONS:
            yield node, inner


def picked(graph: Graph) -> tuple[str, int | None, Any, Any] | None:
    """How the loss picks the right class: by what, over which axis, at which node, and from which activation function.

    Only where nothing but sums, means, signs and scalings by numbers lies above, so that the loss is linear in what is picked.
    """
    node = graph.root
    while node is not None:
        name, below = name_of(node), children(node)
        if name == "GatherBackward0":
            return from_activation("gather", axis_of_gather(node), node, below[0])
        if name == "IndexBackward0" and sum(index is not None for index in saved(node, "indices") or ()) >= 2:
            return from_activation("index", None, node, below[0])
        if len(below) != 1 or not (name in LINEAR_STEPS or name in SCALINGS or name in VIEWS):
            return None
        if name == "MulBackward0" and (axis := one_hot_axis(node)) is not None:
            return from_activation("product", axis, node, below[0])
        if name in SCALINGS and any(
            isinstance(saved(node, part), torch.Tensor) and saved(node, part).numel() > 1 for part in ("self", "other")
        ):
            return None
        node = below[0]
    return None


def from_activation(by: str, axis: int | None, node: Any, below: Any) -> tuple[str, int | None, Any, Any] | None:
    """The pick, where it is from an activation function."""
    if name_of(below) not in ACTIVATIONS:
        below = through_views(below)
        axis = None
    return (by, axis, node, below) if below is not None and name_of(below) in ACTIVATIONS else None


def axis_of_gather(node: Any) -> int | None:
    """The axis of a gather."""
    axis, source = saved(node, "dim"), saved(node, "self")
    return axis % source.dim() if isinstance(axis, int) and isinstance(source, torch.Tensor) else None


def one_hot_axis(node: Any) -> int | None:
    """The axis over which the constant factor of a product is one-hot; None where it is not."""
    for part in ("self", "other"):
        factor = saved(node, part)
        if not isinstance(factor, torch.Tensor) or factor.dim() < 2 or factor.shape != torch.Size(shape_of(node)):
            continue
        with torch.no_grad():
            if bool(((factor == 0) | (factor == 1)).all()):
                for axis in (factor.dim() - 1, 1):
                    if factor.shape[axis] > 1 and bool((factor.sum(axis) == 1).all()):
                        return axis
    return None


def weighing(graph: Graph) -> Iterator[tuple[str, int | None, Any]]:
    """The softmaxes that weigh values: in a "matmul" or a "product", and the axis of theirs that is summed over."""
    seen: set[Any] = set()
    for node in graph.nodes:
        name = name_of(node)
        if name in ("BmmBackward0", "MmBackward0"):
            found = summed_by(node)
        elif name == "MulBackward0" and len(children(node)) == 2:
            inner = [through_views(child) for child in children(node)]
            found = [("product", None, part) for part in inner if part is not None and name_of(part) in SOFTMAX]
        else:
            continue
        for by, axis, softmax in found:
            if softmax not in seen and len(seen) < MOST_SOFTMAXES:
                seen.add(softmax)
                yield by, axis, softmax


def summed_by(node: Any) -> list[tuple[str, int | None, Any]]:
    """The softmaxes that a matrix product sums over."""
    found = []
    for position, (child, _) in enumerate(node.next_functions[:2]):
        if child is None or name_of(child) == "AccumulateGrad":
            continue
        sizes = len(shape_of(child))
        softmax, axis = source_of(child, sizes - 1 if position == 0 else sizes - 2)
        if softmax is not None:
            found.append(("matmul", axis, softmax))
    return found


def source_of(node: Any, axis: int | None) -> tuple[Any, int | None]:
    """The softmax that a tensor is a view of, and where an axis of the tensor was in it; None where it is something else."""
    for _ in range(MOST):
        name, below = name_of(node), children(node)
        if name in SOFTMAX:
            return node, axis
        if len(below) != 1 or name == "AccumulateGrad" or name_of(below[0]) == "AccumulateGrad":
            return None, None
        if name in VIEWS:
            axis = axis_below(node, name, axis)
        elif name not in SAME_SHAPE or shape_of(node) != shape_of(below[0]):
            return None, None
        node = below[0]
    return None, None


def axis_below(node: Any, name: str, axis: int | None) -> int | None:
    """Where an axis of a view was before it; None where it was none."""
    if axis is None:
        return None
    after, before = shape_of(node), shape_of(children(node)[0])
    if name in ("TransposeBackward0", "TBackward0"):
        one, other = (0, 1) if name == "TBackward0" else (saved(node, "dim0") % len(after), saved(node, "dim1") % len(after))
        return {one: other, other: one}.get(axis, axis)
    if name == "PermuteBackward0":
        return [value if value >= 0 else value + (1 << 64) for value in saved(node, "dims")][axis] % len(after)
    return same_axis(before, after, axis)


def same_axis(before: tuple[int, ...], after: tuple[int, ...], axis: int) -> int | None:
    """The axis of the shape before that has the same size and the same number of values to its right."""
    size, right = after[axis], product(after[axis + 1 :])
    places = [at for at in range(len(before)) if before[at] == size and product(before[at + 1 :]) == right]
    return places[0] if places and size > 1 else None


def product(sizes: tuple[int, ...]) -> int:
    """The number of values of a shape."""
    total = 1
    for size in sizes:
        total *= size
    return total


def scores_are_products(softmax: Any) -> bool:
    """Whether a softmax is over products of two computed things, none of them a weight alone."""
    node = children(softmax)[0] if children(softmax) else None
    for _ in range(MOST):
        if node is None:
            return False
        if name_of(node) in PRODUCTS:
            return not any(is_weight(child) for child, _ in node.next_functions[-2:])
        below = [child for child in children(node) if shape_of(child) == shape_of(node) or name_of(node) in VIEWS]
        if len(below) != 1 or name_of(node) not in (SAME_SHAPE | VIEWS):
            return False
        node = below[0]
    return False


def is_weight(node: Any) -> bool:
    """Whether a node is a leaf, or a view of one, or of nothing that has a gradient."""
    while node is not None and name_of(node) in VIEWS:
        below = children(node)
        node = below[0] if len(below) == 1 else None
    return node is None or name_of(node) == "AccumulateGrad"


def softmax_axis(node: Any) -> int:
    """The axis of a softmax."""
    axis = axis_of(node)
    return -1 if axis is None else axis
