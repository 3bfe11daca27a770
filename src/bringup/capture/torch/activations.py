"""Activation functions in the graph, and the lines to change: where a layer is built, or a function is called."""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch import nn

from bringup.capture.source.person import PACKAGE, Place
from bringup.capture.torch.graph import ACTIVATIONS, activation_above, axis_of, name_of, place_of, shape_of, write
from bringup.record import ActivationFacts

BUILT = "bringup-built"
MODULES = str(Path(nn.__file__).parent / "modules")
OWN = str(Path(torch.__file__).parent)
NAMES = frozenset(
    {
        "softmax",
        "log_softmax",
        "sigmoid",
        "logsigmoid",
        "tanh",
        "relu",
        "softplus",
        "elu",
        "gelu",
        "silu",
        "hardtanh",
        "hardsigmoid",
    }
)


def calling_module() -> Any:
    """The module of torch that called the operation which an observer is told of; None where the person's code did."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    while frame is not None and frame.f_code.co_filename.startswith(OWN):
        if frame.f_code.co_filename.startswith(MODULES):
            return frame.f_locals.get("self")
        frame = frame.f_back
    return None


def note_built(result: Any, place: Place) -> None:
    """Write into the graph where the module was built that computed a tensor."""
    node = result.grad_fn if isinstance(result, torch.Tensor) else None
    if node is not None and name_of(node) in ACTIVATIONS:
        write(node, BUILT, place)


def describe(node: Any, where: Any) -> ActivationFacts:
    """Describe an activation function; `where` names a place."""
    return ActivationFacts(
        kind=ACTIVATIONS[name_of(node)],
        axis=axis_of(node),
        shape=shape_of(node),
        where=where(node.metadata.get(BUILT) or place_of(node)),
    )


def activation_of(tensor: Any, where: Any) -> ActivationFacts | None:
    """The activation function that made a tensor, views looked through."""
    node = activation_above(tensor) if isinstance(tensor, torch.Tensor) else None
    return None if node is None else describe(node, where)
