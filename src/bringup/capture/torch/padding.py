"""Padding: a value that fills up the ends of rows, in the targets of a loss and in the input of the model."""

from collections.abc import Iterator
from typing import Any

import torch

from bringup.capture.torch.graph import VIEWS, children, name_of, shape_of
from bringup.record import PaddingFacts

MOST_VIEWS = 8
SHORTEST = 2  # values at the end of a row that count as filled
MOST = 100_000  # targets that are looked at


def shapes_below(tensor: torch.Tensor) -> Iterator[tuple[int, ...]]:
    """The shape of a tensor, and of what it is a view of."""
    yield tuple(tensor.shape)
    node, number = tensor.grad_fn, 0
    while node is not None and name_of(node) in VIEWS and number < MOST_VIEWS:
        yield shape_of(node)
        below = children(node)
        node, number = below[0] if len(below) == 1 else None, number + 1
    if node is not None and name_of(node) != "AccumulateGrad":
        yield shape_of(node)


def rows_of(judged: torch.Tensor, target: torch.Tensor) -> torch.Tensor | None:
    """The targets as they were before they were strung together, two axes; None where they never had two."""
    if target.dim() == 2:
        return target
    if target.dim() != 1 or judged.dim() != 2:
        return None
    classes = judged.shape[1]
    for shape in shapes_below(judged):
        if len(shape) == 3 and shape[0] * shape[1] == len(target) and shape[2] == classes and min(shape[:2]) > 1:
            return target.reshape(shape[0], shape[1])
    return None


def tail(given: torch.Tensor) -> torch.Tensor | None:
    """How far a value fills the ends of rows, found nowhere else, in each row; None where there is none such."""
    if given.is_floating_point():
        equal = (given == 0).flatten(2).all(2) if given.dim() > 2 else given == 0
    else:
        equal = given == given[:, -1].mode().values
    if equal.dim() != 2:
        return None
    lengths = equal.flip(1).long().cumprod(1).sum(1)
    alone = int(equal.sum()) == int(lengths.sum())
    return lengths if alone and len(lengths.unique()) > 1 and int(lengths.max()) >= SHORTEST else None


def padding(judged: Any, target: Any, given: list[torch.Tensor], options: dict[str, Any]) -> PaddingFacts | None:
    """Describe the padding of the targets of a loss over classes: one value wherever an input of the model is filled up."""
    if not isinstance(judged, torch.Tensor) or not isinstance(target, torch.Tensor) or target.is_floating_point():
        return None
    with torch.no_grad():
        rows = rows_of(judged, target)
        if rows is None or rows.numel() > MOST or min(rows.shape) < SHORTEST:
            return None
        for part in given:
            found = filled(part.detach(), rows, options) if part.dim() >= 2 else None
            if found is not None:
                return found
    return None


def filled(given: torch.Tensor, rows: torch.Tensor, options: dict[str, Any]) -> PaddingFacts | None:
    """Describe the targets where an input is filled up; None where it is not, or where they differ from each other."""
    for inputs, targets in ((given, rows), (given.transpose(0, 1), rows.t())):
        if inputs.shape[0] != targets.shape[0] or inputs.shape[1] < targets.shape[1]:
            continue
        lengths = tail(inputs[:, : targets.shape[1]])
        if lengths is None:
            continue
        steps = torch.arange(targets.shape[1], device=targets.device)
        at_end = steps >= (targets.shape[1] - lengths).unsqueeze(1).to(targets.device)
        values = targets[at_end].unique()
        if len(values) == 1:
            value = int(values)
            return PaddingFacts(
                value=value,
                share=float(at_end.double().mean()),
                rows=float((lengths >= SHORTEST).double().mean()),
                weighted=weighted(value, options),
                class_too=bool((targets[~at_end] == value).any()),
            )
    return None


def weighted(value: int, options: dict[str, Any]) -> bool:
    """Whether a loss leaves a class out, or may do so later."""
    weight = options.get("weight")
    if isinstance(weight, torch.Tensor) and 0 <= value < len(weight) and float(weight[value]) == 0:
        return True
    return options.get("ignore_index") == value or options.get("reduction") == "none"
