"""Do the examples of a batch reach each other? The gradient of one output by all inputs, on a copy in eval mode."""

import contextlib
import copy
import io
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from bringup.capture.torch.tensors import mapped, tensors_in

MOST_PARAMETERS = 20_000_000
MOST_VALUES = 4_000_000  # of the inputs
FAINT = 1e-6  # of the largest gradient
PLAIN = (bool, int, float, complex, str, bytes, type(None), torch.Tensor, nn.Module, list, dict, tuple, set)


@dataclass
class Sequence:
    """A layer that reads sequences, and what went into it."""

    name: str
    kind: str
    batch_first: bool
    shape: tuple[int, ...]


@dataclass
class Mixed:
    """What was measured: examples that an output depends on other than its own, and the layers that read sequences."""

    reached: int
    batch_axis: int
    output_shape: tuple[int, ...]
    layers: list[Sequence] = field(default_factory=list)


def measure(module: nn.Module, args: Any, kwargs: Any, rows: int) -> Mixed | None:
    """Measure; None where it cannot be told: sizes that fit two axes, no gradient to the inputs, a model that cannot be copied.

    Nothing of the program changes: the copy is thrown away, and the states of all random numbers are put back.
    """
    given = [tensor for tensor in tensors_in((args, kwargs)) if batch_axis(tensor, rows) is not None]
    if not given or rows < 3 or not small(module, given):
        return None
    with untouched_random_numbers(), contextlib.redirect_stdout(io.StringIO()), torch.enable_grad():
        try:
            return run(duplicate(module), args, kwargs, rows)
        except Exception:  # noqa: BLE001 - the person's forward pass, in a mode it was not written for: then nothing is known
            return None


def small(module: nn.Module, given: list[torch.Tensor]) -> bool:
    """Whether it is cheap, and safe: hooks may belong to somebody else, and statistics of a batch mix it on purpose."""
    if sum(tensor.numel() for tensor in given) > MOST_VALUES or torch.is_inference_mode_enabled():
        return False
    if sum(parameter.numel() for parameter in module.parameters()) > MOST_PARAMETERS:
        return False
    for part in module.modules():
        if part._forward_hooks or part._forward_pre_hooks or part._backward_hooks or part._backward_pre_hooks:
            return False
        if getattr(part, "track_running_stats", None) is False and isinstance(part, nn.modules.batchnorm._BatchNorm):
            return False
        if any(isinstance(value, torch.Generator) for value in vars(part).values()):
            return False
    return True


def duplicate(module: nn.Module) -> nn.Module:
    """A copy in eval mode; what is neither a module, a tensor nor plain data (loggers, trainers) is shared."""
    memo: dict[int, Any] = {}
    for part in module.modules():
        for value in vars(part).values():
            if not isinstance(value, PLAIN) and not callable(value):
                memo[id(value)] = value
    return copy.deepcopy(module, memo).eval()


def batch_axis(tensor: torch.Tensor, rows: int) -> int | None:
    """The axis of the examples, the first or the second; None where neither has their number, or both."""
    found = [axis for axis, size in enumerate(tensor.shape[:2]) if size == rows]
    return found[0] if len(found) == 1 else None


def run(model: nn.Module, args: Any, kwargs: Any, rows: int) -> Mixed | None:
    """Run the copy, and take the gradient of one example's output."""
    leaves: list[torch.Tensor] = []
    layers: list[Sequence] = []
    for name, part in model.named_modules():
        if isinstance(part, nn.Embedding):
            part.register_forward_hook(lambda _m, _i, output: leaf(output, leaves))
        if hasattr(part, "batch_first"):
            part.register_forward_pre_hook(lambda m, i, k, name=name: layers.append(sequence(name, m, i, k)), with_kwargs=True)
    args, kwargs = own(args, leaves), own(kwargs, leaves)
    output = next((part for part in tensors_in(model(*args, **kwargs)) if part.requires_grad and part.dim()), None)
    axis = None if output is None else batch_axis(output, rows)
    if output is None or axis is None:
        return None
    one = output.select(axis, rows // 2)
    weights = torch.randn(one.shape, generator=torch.Generator().manual_seed(0)).to(one)
    used = [part for part in leaves if batch_axis(part, rows) is not None]
    if not used:
        return None
    gradients = torch.autograd.grad((weights * one).sum(), used, allow_unused=True)
    return judge(gradients, rows, tuple(output.shape), [layer for layer in layers if layer.shape])


def judge(gradients: Any, rows: int, output_shape: tuple[int, ...], layers: list[Sequence]) -> Mixed | None:
    """Count the examples that were reached."""
    reached = torch.zeros(rows, dtype=torch.bool)
    found = None
    for gradient in gradients:
        if gradient is None:
            continue
        axis = batch_axis(gradient, rows)
        if axis is None:
            continue
        size = gradient.detach().abs().transpose(0, axis).flatten(1).sum(1) if gradient.dim() > 1 else gradient.detach().abs()
        if not bool(torch.isfinite(size).all()) or float(size.max()) == 0:
            continue
        found = axis if found is None else found
        reached |= (size > FAINT * size.max()).cpu()
    if found is None:
        return None
    reached[rows // 2] = False
    return Mixed(int(reached.sum()), found, output_shape, layers)


def leaf(output: Any, leaves: list[torch.Tensor]) -> Any:
    """A tensor at which gradients are taken."""
    made = output.detach().clone().requires_grad_()
    leaves.append(made)
    return made


def own(value: Any, leaves: list[torch.Tensor]) -> Any:
    """A copy of arguments, floating tensors made leaves."""
    return mapped(value, lambda given: leaf(given, leaves) if given.is_floating_point() else given.detach().clone())


def sequence(name: str, module: Any, args: Any, kwargs: Any) -> Sequence:
    """What went into a layer that reads sequences; no shape where it is no plain tensor."""
    first = args[0] if args else next(iter(kwargs.values()), None)
    shape = tuple(first.shape) if isinstance(first, torch.Tensor) else ()
    return Sequence(name, type(module).__name__, bool(module.batch_first), shape)


@contextlib.contextmanager
def untouched_random_numbers() -> Iterator[None]:
    """Put the states of all random numbers back in the end."""
    state, own_state = torch.get_rng_state(), random.getstate()
    device = torch.cuda.get_rng_state_all() if torch.cuda.is_available() and torch.cuda.is_initialized() else None
    numpy = sys.modules.get("numpy")
    other = numpy.random.get_state() if numpy is not None else None
    try:
        yield
    finally:
        torch.set_rng_state(state)
        random.setstate(own_state)
        if device is not None:
            torch.cuda.set_rng_state_all(device)
        if numpy is not None and other is not None:
            numpy.random.set_state(other)
