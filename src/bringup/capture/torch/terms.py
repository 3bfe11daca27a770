"""The terms that a loss is the sum of, and how each became one number."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import torch

from bringup.capture.torch.graph import BEGINNING, TOKEN, Graph, children, name_of, saved, shape_of

MOST = 20  # of one loss
MOST_BELOW = 300  # nodes below a term that are searched for the output of a model
SUMS = ("AddBackward0", "SubBackward0")
REDUCED = {"MeanBackward0": "mean", "MeanBackward1": "mean", "SumBackward0": "sum", "SumBackward1": "sum"}
LOSSES = frozenset(
    {"MseLossBackward0", "L1LossBackward0", "SmoothL1LossBackward0", "HuberLossBackward0", "BinaryCrossEntropyBackward0",
     "BinaryCrossEntropyWithLogitsBackward0", "NllLossBackward0", "NllLoss2DBackward0"}
)  # fmt: skip
SUM_OVER_AXES = "SumBackward1"
FEW_BELOW = 20  # nodes
BY_NUMBER = {1: "mean", 2: "sum"}  # as torch numbers the ways of reduction


@dataclass(frozen=True)
class Term:
    """One term: of what it is the mean or the sum, and by what that is multiplied.

    Attributes:
        summed: Where it is a mean of sums, the values of each.
        divergence: Whether it has the form of a divergence from a normal distribution, given by mean and log of the variance.
    """

    node: Any
    reduction: Literal["mean", "sum"]
    shape: tuple[int, ...]
    factor: float
    summed: int = 1
    divergence: bool = False


def terms(graph: Graph) -> Iterator[Term]:
    """The terms of a loss that depend on answers of a model; none where it is no sum. Read before the backward pass."""
    found = [term for node, factor in summands(graph.root, 1.0, MOST) if (term := read(node, factor)) is not None]
    if len(found) > 1:
        yield from found


def summands(node: Any, factor: float, most: int) -> Iterator[tuple[Any, float]]:
    """The numbers that a number is the sum of, each with its factor."""
    if shape_of(node) or most <= 0:
        return
    node, by = unscaled(node)
    if name_of(node) in SUMS:
        for child in children(node):
            yield from summands(child, factor * by, most - 1)
    else:
        yield node, factor * by


def unscaled(node: Any) -> tuple[Any, float]:
    """What is multiplied by numbers and turned round on its way to a node, and by how much in all."""
    factor = 1.0
    for _ in range(MOST):
        name, below = name_of(node), children(node)
        if name == "NegBackward0" and below:
            node = below[0]
            continue
        other = saved(node, "other") if name in ("MulBackward0", "DivBackward0") and len(below) == 1 else None
        by = float(other) if isinstance(other, torch.Tensor) and other.numel() == 1 else 0.0
        if by == 0:
            break
        node, factor = below[0], factor * by if name == "MulBackward0" else factor / by
    return node, factor


def read(node: Any, factor: float) -> Term | None:
    """How a number came about; None where it is no mean or sum over rows that a model answered."""
    name, summed, divergence = name_of(node), 1, False
    if name in LOSSES:
        given, reduction = saved(node, "self"), BY_NUMBER.get(saved(node, "reduction"))
        shape = tuple(given.shape) if isinstance(given, torch.Tensor) else ()
    elif name in REDUCED:
        below, reduction = children(node), REDUCED[name]
        shape = shape_of(below[0]) if below else ()
        inner, by = unscaled(below[0]) if below and math.prod(shape) else (None, 1.0)
        inside = children(inner) if inner is not None and name_of(inner) == SUM_OVER_AXES else []
        if reduction == "mean" and inside:
            summed = max(1, math.prod(shape_of(inside[0])) // math.prod(shape))
            core, inner_by = unscaled(inside[0])
            factor, divergence = factor * by * inner_by, summed > 1 and is_divergence(core)
    else:
        return None
    if reduction is None or not shape or not answers(node):
        return None
    return Term(node, "mean" if reduction == "mean" else "sum", shape, abs(factor), summed, divergence)


def is_divergence(node: Any) -> bool:
    """Whether values are added up from exponentials and squares of answers themselves; in a likelihood, the squares are of
    differences to data, or what is exponentiated is multiplied or divided by."""
    waiting, exponential, square = [node], False, False
    for current in waiting:
        name, below = name_of(current), children(current)
        if name in SUMS and len(waiting) < FEW_BELOW:
            waiting.extend(unscaled(child)[0] for child in below)
        elif name == "ExpBackward0":
            exponential = True
        elif name == "PowBackward0" or (name == "MulBackward0" and len(below) == 2 and below[0] is below[1]):
            if name_of(below[0]).startswith("Sub"):
                return False
            square = True
        elif name in ("MulBackward0", "DivBackward0"):
            return False
    return exponential and square


def answers(node: Any) -> bool:
    """Whether the output of a model lies below."""
    seen, waiting = {node}, [node]
    for current in waiting:
        if TOKEN in current.metadata or BEGINNING in current.metadata:
            return True
        for child in children(current):
            if child not in seen and len(waiting) < MOST_BELOW:
                seen.add(child)
                waiting.append(child)
    return False
