"""The layers on the way to an exception, and the one that could not take its input."""

import contextlib
import copy
import io
from typing import Any

import torch
from torch import nn

from bringup.capture.source.creations import Creations
from bringup.capture.torch.frames import Running
from bringup.models.layers import facts, is_leaf, walk, width_of
from bringup.record import FailedLayerFacts, LayerFacts

SETTINGS = (
    "in_features", "out_features", "in_channels", "out_channels", "num_features", "num_channels", "input_size", "hidden_size",
    "batch_first", "num_embeddings", "embedding_dim", "padding_idx", "kernel_size", "stride", "padding", "groups",
    "normalized_shape", "embed_dim", "num_heads",
)  # fmt: skip
MOST_BYTES = 1 << 30  # of a model that is run once more


def layers_of(root: Running, creations: Creations) -> tuple[LayerFacts, ...]:
    """The layers that a model ran through before it failed: it is run once more, a copy of it, which does again what it did.

    What it prints is dropped. () where it cannot be copied.
    """
    size = sum(p.numel() * p.element_size() for p in root.module.parameters())
    if size > MOST_BYTES or is_compiled(root.module):
        return ()
    try:
        double = copy.deepcopy(root.module)
    except Exception:  # noqa: BLE001 - a module may hold anything, such as tensors of a graph, which cannot be copied
        return ()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            seen = walk(double, *root.args, **root.kwargs).layers
        except MemoryError:
            return ()
    modules = dict(root.module.named_modules())
    return tuple(entry.model_copy(update={"where": line(modules.get(entry.name), creations)}) for entry in seen)


def line(module: nn.Module | None, creations: Creations) -> Any:
    """Where a module was built."""
    return None if module is None else creations.person.where(creations.place(module))


def failing_layer(stack: list[Running], layers: tuple[LayerFacts, ...], creations: Creations) -> FailedLayerFacts | None:
    """The innermost module, where it is one of torch's."""
    if not stack:
        return None
    inner = stack[-1]
    if not type(inner.module).__module__.startswith("torch.") or not (is_leaf(inner.module) or width_of(inner.module)[0]):
        return None
    name = name_in(stack[0].module, inner.module)
    given = inner.args[0] if inner.args else next(iter(inner.kwargs.values()), None)
    attribute, axis = width_of(inner.module)
    where = creations.person.where
    return FailedLayerFacts(
        facts=facts(name, inner.module, given, None).model_copy(update={"where": line(inner.module, creations)}),
        settings={key: plain(getattr(inner.module, key)) for key in SETTINGS if hasattr(inner.module, key)},
        built_by=tuple(place for place in map(where, creations.places(inner.module)) if place is not None),
        takes=getattr(inner.module, attribute) if attribute else None,
        axis=axis if attribute else None,
        before=before(name, layers),
    )


def name_in(root: nn.Module, inner: nn.Module) -> str:
    """The name of a module in its model."""
    return next((name for name, module in root.named_modules() if module is inner and name), type(inner).__name__)


def before(name: str, layers: tuple[LayerFacts, ...]) -> LayerFacts | None:
    """The last layer with parameters that ran before the one of this name."""
    ran = [entry for entry in layers if entry.name != name and entry.problem is None and entry.parameters]
    return ran[-1] if ran else None


def plain(value: Any) -> Any:
    """A setting as the record can hold it."""
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def is_compiled(module: nn.Module) -> bool:
    """Whether a module's code is not Python's any more."""
    return type(module).__name__ == "OptimizedModule" or isinstance(module, torch.jit.ScriptModule)
