"""What goes into a loss over classes, and what the operation before a loss can give at all."""

from typing import Any

import torch

from bringup.capture.torch.graph import ACTIVATIONS, activation_above, name_of, saved
from bringup.capture.torch.tensors import plain
from bringup.record import ClassFacts, ReachFacts

OVER_CLASSES = frozenset({"cross_entropy", "nll_loss", "categorical_crossentropy"})  # the last one is of Keras
MARGIN = 0.01  # of the spread of the targets
RANGES = {
    "sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "hardsigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "relu": (0.0, None),
    "softplus": (0.0, None), "exp": (0.0, None), "log_sigmoid": (None, 0.0), "log_softmax": (None, 0.0),
}  # fmt: skip


def class_axis(function: str, tensor: torch.Tensor) -> int | None:
    """The axis of the classes in the input of a loss; None for losses that have none."""
    if function in OVER_CLASSES:
        return 0 if tensor.dim() == 1 else 1
    return tensor.dim() - 1 if function == "kl_div" and tensor.dim() >= 2 else None


def class_facts(function: str, value: Any) -> ClassFacts | None:
    """Sums over the classes; None where the loss has no classes or a value is not finite."""
    if not isinstance(value, torch.Tensor) or not value.is_floating_point() or value.numel() == 0 or value.dim() == 0:
        return None
    axis = class_axis(function, value)
    if axis is None or (axis == 0 and value.dim() > 1):
        return None
    values = plain(value).double()
    if torch.isnan(values).any() or torch.isposinf(values).any():
        return None
    sums, masses = values.sum(axis), torch.logsumexp(values, axis).exp()
    one_hot = ((values == 0) | (values == 1)).all(axis) & (sums == 1)
    return ClassFacts(
        axis=axis,
        count=value.shape[axis],
        sum_minimum=float(sums.min()),
        sum_maximum=float(sums.max()),
        mass_minimum=float(masses.min()),
        mass_maximum=float(masses.max()),
        one_hot=float(one_hot.double().mean()),
    )


def joined(one: ClassFacts | None, other: ClassFacts | None) -> ClassFacts | None:
    """The facts of two calls as one: the wider range."""
    if one is None or other is None:
        return one or other
    return one.model_copy(
        update={
            "count": max(one.count, other.count),
            "sum_minimum": min(one.sum_minimum, other.sum_minimum),
            "sum_maximum": max(one.sum_maximum, other.sum_maximum),
            "mass_minimum": min(one.mass_minimum, other.mass_minimum),
            "mass_maximum": max(one.mass_maximum, other.mass_maximum),
            "one_hot": min(one.one_hot, other.one_hot),
        }
    )


def range_of(node: Any) -> tuple[float | None, float | None]:
    """The smallest and the largest value that an activation function can give."""
    name, kind = name_of(node), ACTIVATIONS.get(name_of(node))
    if name in ("HardtanhBackward0", "ClampBackward1", "ClampMinBackward0"):
        low, high = (
            (saved(node, "min_val"), saved(node, "max_val")) if kind == "hardtanh" else (saved(node, "min"), saved(node, "max"))
        )
        return as_number(low), as_number(high)
    return RANGES.get(kind or "", (None, None))


def as_number(value: Any) -> float | None:
    """A bound as a number."""
    return float(value) if isinstance(value, bool | int | float) else None


def reach(judged: torch.Tensor, target: Any) -> ReachFacts | None:
    """Which targets lie outside of what the last operation can give; None where that can give everything, or is not known."""
    node = activation_above(judged)
    if node is None or not isinstance(target, torch.Tensor) or target.numel() == 0:
        return None
    low, high = range_of(node)
    if low is None and high is None:
        return None
    values = plain(target).double()
    values = values[torch.isfinite(values)]
    if values.numel() < 2:
        return None
    spread = float(values.std(correction=0)) or 1.0
    over = torch.zeros_like(values)
    if low is not None:
        over = torch.maximum(over, low - values)
    if high is not None:
        over = torch.maximum(over, values - high)
    outside = over > MARGIN * spread
    share = float(outside.double().mean())
    return ReachFacts(low=low, high=high, outside=share, distance=float(over[outside].mean()) / spread if share else 0.0)
