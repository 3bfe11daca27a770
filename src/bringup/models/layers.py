"""Step through a network with one batch: what goes into each layer, what comes out, and the first layer that cannot take its input."""

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


def walk(network: nn.Module, *inputs: torch.Tensor) -> Walk:
    """Run one forward pass, layer by layer.

    Leaves the network as it was: no gradient, same mode, same batch-norm statistics.
    """
    seen = Walk()
    pending: list[tuple[str, nn.Module, Any]] = []

    def before(name: str) -> Callable[..., None]:
        return lambda layer, arguments: pending.append((name, layer, arguments[0] if arguments else None))

    def after(layer: nn.Module, arguments: tuple[Any, ...], output: Any) -> None:  # noqa: ARG001 - torch's signature
        name, _, given = pending.pop()
        seen.layers.append(facts(name, layer, given, output))

    leaves = [
        (name or type(layer).__name__, layer)
        for name, layer in network.named_modules()
        if not any(True for _ in layer.children())
    ]
    handles = [
        handle
        for name, layer in leaves
        for handle in (layer.register_forward_pre_hook(before(name)), layer.register_forward_hook(after))
    ]
    mode = network.training
    network.eval()
    try:
        with torch.no_grad():
            network(*inputs)
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        name, layer, given = pending[-1] if pending else ("the model", network, inputs[0] if inputs else None)
        seen.problem = explain(name, layer, given, error)
        seen.layers.append(facts(name, layer, given, None, problem=seen.problem))
    finally:
        network.train(mode)
        for handle in handles:
            handle.remove()
    return seen


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


def explain(name: str, layer: nn.Module, given: Any, error: Exception) -> str:
    """Say in one sentence why a layer could not take its input."""
    shape, dtype = shape_of(given), dtype_of(given)
    label = f"layer `{name}` ({type(layer).__name__})"
    weight = next(iter(layer.parameters(recurse=False)), None)
    wanted = {
        nn.Linear: "in_features",
        nn.Conv1d: "in_channels",
        nn.Conv2d: "in_channels",
        nn.LSTM: "input_size",
        nn.GRU: "input_size",
    }
    attribute = next((key for kind, key in wanted.items() if isinstance(layer, kind)), None)
    if isinstance(layer, nn.Embedding):
        if dtype not in ("int64", "int32"):
            return f"{label} looks up whole numbers, and was given {dtype}; convert the input with .long()"
        if (
            isinstance(given, torch.Tensor)
            and given.numel()
            and not 0 <= int(given.min()) <= int(given.max()) < layer.num_embeddings
        ):
            worst = int(given.max()) if int(given.max()) >= layer.num_embeddings else int(given.min())
            return f"{label} has {layer.num_embeddings} rows, and was asked for row {worst}"
    if attribute and shape:
        axis = 1 if "channels" in attribute else -1
        expected = getattr(layer, attribute)
        got = shape[axis] if len(shape) > (1 if axis == 1 else 0) else None
        if got != expected:
            return (
                f"{label} expects {attribute}={expected}, and was given {got} (input shape {list(shape)}); make the two agree"
            )
    if weight is not None and shape and dtype != dtype_of(weight):
        return f"{label} holds {dtype_of(weight)}, and was given {dtype}; convert the input with .to(torch.{dtype_of(weight)})"
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return f"{label} could not take an input of shape {list(shape)} and type {dtype}: {first}"
