"""The loss of a training in parts: the one that was handed over, or the usual one for its targets."""

import functools
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import torch
import torch.nn.functional as functions

from bringup.capture.torch.losses import NAMES
from bringup.errors import BringupError

Loss = Callable[[Any, Any], Any]
SIGMOID = "SigmoidBackward0"
LOG_SOFTMAX = "LogSoftmaxBackward0"


def read_loss(loss: Any) -> Loss | None:
    """The loss as a function of (output, target); None where it is to be chosen.

    Raises:
        BringupError: for a class, a name that is no loss, or what cannot be called.
    """
    if loss is None:
        return None
    if isinstance(loss, str):
        return named(loss)
    if isinstance(loss, type):
        raise BringupError(f"`loss` is the class {loss.__name__}, not an object of it", do=f"hand over {loss.__name__}()")
    if isinstance(loss, functools.partial) and is_of_torch(loss.func):
        return named(loss.func.__name__, *loss.args, **loss.keywords)
    if is_of_torch(loss):
        return named(getattr(loss, "__name__", ""))
    if not callable(loss):
        raise BringupError(
            "`loss` cannot be called", there=f"it is a {type(loss).__name__}", do="hand over a function of (output, target)"
        )
    return loss


def is_of_torch(loss: Any) -> bool:
    """Whether this is a loss function of torch itself."""
    return getattr(loss, "__name__", None) in NAMES and getattr(functions, loss.__name__) is loss


def named(name: str, *args: Any, **options: Any) -> Loss:
    """A loss of torch by its name.

    Looked up anew at each call, since what watches a training takes its place.
    """
    if name not in NAMES:
        near = get_close_matches(name, NAMES, n=1, cutoff=0.4)
        there = f"the nearest is `{near[0]}`" if near else "for example `cross_entropy`, `mse_loss`"
        raise BringupError(f"`{name}` is no loss of torch.nn.functional", there=there, do="hand over a loss, or its name")
    return lambda output, target: getattr(functions, name)(output, target, *args, **options)


def chosen(output: Any, target: Any) -> Loss:
    """The usual loss for such targets, in the shapes and types that it wants.

    Classes: cross entropy, or what goes with log-probabilities; yes or no for each unit: binary cross entropy; amounts: the
    squared error.

    Raises:
        BringupError: if outputs or targets are no tensors.
    """
    if not isinstance(output, torch.Tensor) or not isinstance(target, torch.Tensor):
        made = f"the model gives a {type(output).__name__}, the target is a {type(target).__name__}"
        raise BringupError(
            "no loss is given, and none goes without saying", there=made, do="hand over `loss=`, a function of (output, target)"
        )
    ends = type(output.grad_fn).__name__ if output.grad_fn is not None else ""
    if is_yes_or_no(output, target):
        name = "binary_cross_entropy" if ends == SIGMOID else "binary_cross_entropy_with_logits"
        return lambda o, t: getattr(functions, name)(o, t.reshape(o.shape).to(o.dtype))
    if not target.is_floating_point() and output.ndim > target.ndim:
        name = "nll_loss" if ends == LOG_SOFTMAX else "cross_entropy"
        return lambda o, t: getattr(functions, name)(classes_second(o, t), t.long())
    if is_one_hot(output, target):
        return named("cross_entropy")
    if output.numel() == target.numel():
        return lambda o, t: functions.mse_loss(o, t.reshape(o.shape).to(o.dtype))
    shapes = f"outputs are {tuple(output.shape)}, targets {tuple(target.shape)}"
    raise BringupError(
        "no loss is given, and none fits outputs and targets",
        there=shapes,
        do="hand over `loss=`, a function of (output, target)",
    )


def is_yes_or_no(output: torch.Tensor, target: torch.Tensor) -> bool:
    """Whether each unit answers a question of yes or no."""
    if output.numel() != target.numel() or not bool(((target == 0) | (target == 1)).all()):
        return False
    return not is_one_hot(output, target)


def is_one_hot(output: torch.Tensor, target: torch.Tensor) -> bool:
    """Whether targets are rows of shares of several classes."""
    if target.ndim != 2 or target.shape != output.shape or target.shape[1] < 2 or not target.is_floating_point():
        return False
    return bool((target >= 0).all()) and bool((target.sum(1) - 1).abs().max() < 1e-4)


def classes_second(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Scores with the classes on the axis where torch wants them: [rows, classes, time] also for [rows, time, classes]."""
    as_torch = (output.shape[0], *output.shape[2:])
    if output.ndim > 2 and as_torch != tuple(target.shape) and tuple(output.shape[:-1]) == tuple(target.shape):
        return output.movedim(-1, 1)
    return output
