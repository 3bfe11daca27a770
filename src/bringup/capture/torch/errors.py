"""Errors that a loss is made of: loss functions of torch, squares and sizes of differences, picked log-probabilities."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from bringup.capture.torch.graph import ERROR, Graph, children, name_of, saved, through_views

MOST = 20  # of one loss
DIFFERENCES = ("SubBackward0", "RsubBackward0", "RsubBackward1")


@dataclass(frozen=True)
class Error:
    """A node of the graph whose result is an error, or the reverse of one: `sign` is -1 for a log-probability."""

    node: Any
    what: str
    sign: int
    size: float


def errors(graph: Graph) -> Iterator[Error]:
    """The errors above the outputs of models; if a library has named any, those. Read before the backward pass."""
    head = graph.head()
    named = [node for node in head if ERROR in node.metadata]
    if named:
        yield from (Error(node, node.metadata[ERROR][0], 1, node.metadata[ERROR][1]) for node in named[:MOST])
        return
    number = 0
    for node in head:
        measure = MEASURES.get(name_of(node))
        if measure is None or number >= MOST:
            continue
        what, sign, size_of = measure
        with torch.no_grad():
            size = size_of(node)
        if size is not None:
            number += 1
            yield Error(node, what, sign, size)


def squared(node: Any) -> float | None:
    """The mean square of a difference between something computed and something given."""
    values = saved(node, "self")
    if saved(node, "exponent") != 2 or values is None or not is_difference(node):
        return None
    return float(values.double().square().mean())


def absolute(node: Any) -> float | None:
    """The mean size of such a difference."""
    values = saved(node, "self")
    return None if values is None or not is_difference(node) else float(values.double().abs().mean())


def is_difference(node: Any) -> bool:
    """Whether a node works on a difference, perhaps divided by a scale, one side of which has no gradient: the target."""
    below = through_views(next(iter(children(node)), None))
    if below is None:
        return False
    parts = [below, *(children(below) if name_of(below) in ("DivBackward0", "MulBackward0") else [])]
    return any(name_of(part) in DIFFERENCES and len(children(part)) == 1 for part in parts)


def of_pair(node: Any) -> float | None:
    """The mean square of prediction minus target."""
    values, target = saved(node, "self"), saved(node, "target")
    if values is None or target is None or values.shape != target.shape:
        return None
    return float((values.double() - target.double()).square().mean())


def of_classes(node: Any) -> float | None:
    """The mean of minus the log-probability of the right class."""
    values, target = saved(node, "self"), saved(node, "target")
    if values is None or target is None or values.dim() != 2 or target.dim() != 1:
        return None
    right = target.clamp(0, values.shape[1] - 1)[:, None]
    return float(-values.double().gather(1, right).mean())


def of_logits(node: Any) -> float | None:
    """The mean binary cross-entropy of logits."""
    values, target = saved(node, "self"), saved(node, "target")
    if values is None or target is None:
        return None
    x = values.double()
    return float((torch.nn.functional.softplus(x) - x * target.double()).mean())


def of_probabilities(node: Any) -> float | None:
    """The mean binary cross-entropy of probabilities."""
    values, target = saved(node, "self"), saved(node, "target")
    if values is None or target is None:
        return None
    p, t = values.double().clamp(1e-12, 1 - 1e-12), target.double()
    return float(-(t * p.log() + (1 - t) * (1 - p).log()).mean())


def picked(node: Any) -> float | None:
    """The mean of minus the log-probabilities that are picked by number."""
    below = through_views(next(iter(children(node)), None))
    if below is None or name_of(below) != "LogSoftmaxBackward0":
        return None
    result = saved(below, "result")
    if result is None:
        return None
    if name_of(node) == "GatherBackward0":
        dim, index = saved(node, "dim"), saved(node, "index")
        return None if index is None or not isinstance(dim, int) else float(-result.gather(dim, index).double().mean())
    indices = saved(node, "indices")
    try:
        return None if not indices else float(-result[tuple(indices)].double().mean())
    except (IndexError, TypeError):
        return None


Measure = Callable[[Any], float | None]
MEASURES: dict[str, tuple[str, int, Measure]] = {
    "PowBackward0": ("squared error", 1, squared),
    "AbsBackward0": ("absolute error", 1, absolute),
    "MseLossBackward0": ("squared error", 1, of_pair),
    "SmoothL1LossBackward0": ("smooth absolute error", 1, of_pair),
    "HuberLossBackward0": ("Huber loss", 1, of_pair),
    "NllLossBackward0": ("cross-entropy", 1, of_classes),
    "BinaryCrossEntropyBackward0": ("cross-entropy", 1, of_probabilities),
    "BinaryCrossEntropyWithLogitsBackward0": ("cross-entropy", 1, of_logits),
    "GatherBackward0": ("log-probability", -1, picked),
    "IndexBackward0": ("log-probability", -1, picked),
}
