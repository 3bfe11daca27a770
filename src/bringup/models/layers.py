"""Step through a network with one batch: what each layer takes and gives, and the first that cannot take its input."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from bringup.record import LayerFacts


@dataclass
class Walk:
    """What was seen on the way through the layers; `problem` explains the first failure in one sentence."""

    layers: list[LayerFacts] = field(default_factory=list)
    problem: str | None = None


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of a tensor, or of the first tensor in a tuple or list."""
    if isinstance(value, torch.Tensor):
        return tuple(value.shape)
    if isinstance(value, tuple | list) and value:
        return shape_of(value[0])
    return ()


def dtype_of(value: Any) -> str:
    """The dtype of a tensor, without the `torch.`."""
    while isinstance(value, tuple | list) and value:
        value = value[0]
    return str(value.dtype).removeprefix("torch.") if isinstance(value, torch.Tensor) else "none"


def size_of(value: Any) -> int:
    """The bytes of a tensor."""
    return value.numel() * value.element_size() if isinstance(value, torch.Tensor) else 0


def walk(network: nn.Module, *inputs: Any, **named: Any) -> Walk:
    """Run one forward pass, layer by layer.

    Leaves the network as it was: no gradient, every module in its mode, same batch-norm statistics.
    """
    seen = Walk()
    pending: list[tuple[str, nn.Module, Any]] = []

    def before(name: str) -> Callable[..., None]:
        return lambda layer, arguments: pending.append((name, layer, arguments[0] if arguments else None))

    def after(layer: nn.Module, arguments: tuple[Any, ...], output: Any) -> None:  # noqa: ARG001 - torch's signature
        name, _, given = pending.pop()
        seen.layers.append(facts(name, layer, given, output))

    leaves = [(name or type(layer).__name__, layer) for name, layer in network.named_modules() if is_leaf(layer)]
    handles = [
        handle
        for name, layer in leaves
        for handle in (layer.register_forward_pre_hook(before(name)), layer.register_forward_hook(after))
    ]
    modes = {module: module.training for module in network.modules()}
    network.eval()
    try:
        with torch.no_grad():
            network(*inputs, **named)
    except (torch.OutOfMemoryError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - a person's forward may raise anything, and is told where
        name, layer, given = pending[-1] if pending else ("the model", network, inputs[0] if inputs else None)
        seen.problem = explain(name, layer, given, error)
        seen.layers.append(facts(name, layer, given, None, problem=seen.problem))
    finally:
        for module, mode in modes.items():
            module.training = mode
        for handle in handles:
            handle.remove()
    return seen


def is_leaf(layer: nn.Module) -> bool:
    """Whether a module is made of no others."""
    return next(layer.children(), None) is None


def facts(name: str, layer: nn.Module, given: Any, output: Any, *, problem: str | None = None) -> LayerFacts:
    """One row of the table of layers. Memory: parameters and their gradients, and the output with its gradient."""
    own = list(layer.parameters(recurse=False))
    return LayerFacts(
        name=name,
        kind=type(layer).__name__,
        input_shape=shape_of(given),
        output_shape=shape_of(output),
        dtype=dtype_of(output if output is not None else given),
        parameters=sum(parameter.numel() for parameter in own),
        bytes=2 * sum(map(size_of, own)) + 2 * size_of(output),
        problem=problem,
    )


# The attribute of a layer that its input must agree with, and the axis of the input.
WIDTHS: dict[type[nn.Module], tuple[str, int]] = {
    nn.Linear: ("in_features", -1),
    nn.LSTM: ("input_size", -1),
    nn.GRU: ("input_size", -1),
    nn.RNN: ("input_size", -1),
    nn.Conv1d: ("in_channels", -2),
    nn.Conv2d: ("in_channels", -3),
    nn.Conv3d: ("in_channels", -4),
    nn.BatchNorm1d: ("num_features", 1),
    nn.BatchNorm2d: ("num_features", 1),
    nn.BatchNorm3d: ("num_features", 1),
    nn.GroupNorm: ("num_channels", 1),
    nn.LSTMCell: ("input_size", -1),
    nn.GRUCell: ("input_size", -1),
    nn.RNNCell: ("input_size", -1),
    nn.MultiheadAttention: ("embed_dim", -1),
    nn.ConvTranspose1d: ("in_channels", -2),
    nn.ConvTranspose2d: ("in_channels", -3),
    nn.ConvTranspose3d: ("in_channels", -4),
}


def width_of(layer: nn.Module) -> tuple[str, int]:
    """The attribute that an input must agree with, and the axis of the input; ("", 0) for layers that take any."""
    return next((entry for kind, entry in WIDTHS.items() if isinstance(layer, kind)), ("", 0))


def explain(name: str, layer: nn.Module, given: Any, error: Exception) -> str:
    """Say in one sentence why a layer could not take its input."""
    shape, dtype = shape_of(given), dtype_of(given)
    label = f"layer `{name}` ({type(layer).__name__})"
    reason = wrong_index(layer, given) if isinstance(layer, nn.Embedding) else wrong_width(layer, shape)
    if reason:
        return f"{label} {reason}"
    weight = next(iter(layer.parameters(recurse=False)), None)
    if weight is not None and not isinstance(layer, nn.Embedding) and shape and dtype != dtype_of(weight):
        held = dtype_of(weight)
        return f"{label} holds {held}, and was given {dtype}; convert the input with .to(torch.{held})"
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return f"{label} could not take an input of shape {list(shape)} and type {dtype}: {first}"


def wrong_width(layer: nn.Module, shape: tuple[int, ...]) -> str | None:
    """What is wrong with the shape of an input, if anything."""
    attribute, axis = width_of(layer)
    if not attribute or not shape:
        return None
    expected, needed = getattr(layer, attribute), axis + 1 if axis >= 0 else -axis
    if len(shape) < needed:
        return f"expects {attribute}={expected} on an input of {needed} or more axes, and was given the shape {list(shape)}"
    if shape[axis] != expected:
        return f"expects {attribute}={expected}, and was given {shape[axis]} (input shape {list(shape)}); make the two agree"
    return None


def wrong_index(layer: nn.Embedding, given: Any) -> str | None:
    """What is wrong with the numbers that are looked up in an embedding, if anything."""
    if not isinstance(given, torch.Tensor):
        return None
    if given.dtype not in (torch.int64, torch.int32):
        return f"looks up whole numbers, and was given {dtype_of(given)}; convert the input with .long()"
    if not given.numel():
        return None
    low, high = int(given.min()), int(given.max())
    if low >= 0 and high < layer.num_embeddings:
        return None
    return f"has {layer.num_embeddings} rows, and was asked for row {high if high >= layer.num_embeddings else low}"
