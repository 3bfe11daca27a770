"""The boundary of the model: outermost calls of Keras layers, and which layer is at work inside of one."""

import functools
import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch

from bringup.capture.source.arguments import argument_lines
from bringup.capture.torch import kinds
from bringup.capture.torch.graph import PLACE, children, name_of
from bringup.capture.torch.modules import Calls

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

MOST_DEEP = 6  # functions between a penalty and the weight that it is on


def install(watch: "Watch") -> None:
    """See calls of layers."""
    from keras.layers import Layer  # pyright: ignore[reportMissingImports]

    library = KerasLayers()
    kinds.LIBRARIES.append(library)
    watch.patches.call_later(lambda: kinds.LIBRARIES.remove(library))
    calls = LayerCalls(watch)
    watch.patches.replace(Layer, "__call__", calls.wrapped)
    watch.patches.replace(Layer, "_get_regularization_losses", lambda original: penalties(watch, original))


def penalties(watch: "Watch", original: Any) -> Any:
    """The penalties on the weights of a layer and those in it, which a trial may take away."""

    @functools.wraps(original)
    def _get_regularization_losses(layer: Any) -> list[Any]:
        found = original(layer)
        if watch.session.detail and watch.session.watching and not watch.muted:
            place_penalties(watch, layer, found)
        return found if watch.no_penalties is None else watch.no_penalties(found)

    return _get_regularization_losses


def place_penalties(watch: "Watch", model: Any, found: list[Any]) -> None:
    """Write into the graph of each penalty where it was asked for: the argument of the layer whose weight it is on."""
    owners = {id(v): part for part in model._flatten_layers() for v in part._trainable_variables}
    asked = [variable for variable in model.trainable_weights if variable.regularizer is not None]
    for variable, penalty in zip(asked, found, strict=False):
        built = watch.session.creations.place(owners.get(id(variable)))
        if built is None:
            continue
        lines = argument_lines(built)
        line = next((lines[name] for name in lines if name.endswith("regularizer")), built[1])
        node: Any = getattr(penalty, "grad_fn", None)
        for _ in range(MOST_DEEP):
            below = [] if node is None else children(node)
            if node is None or not below:
                break
            if all(name_of(child) == "AccumulateGrad" for child in below):
                node.metadata[PLACE] = (built[0], line)
                break
            node = below[0]


class LayerCalls(Calls):
    """The outermost calls of layers."""

    of_library = True

    def wrapped(self, original: Any) -> Any:
        """A call that is told of where it is an outermost one, and that says which layer is at work where it is not."""
        from keras.src.backend import any_symbolic_tensors  # pyright: ignore[reportMissingImports]

        watch, session, compiling = self.watch, self.watch.session, torch.compiler.is_compiling

        @functools.wraps(original)
        def __call__(layer: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it takes that place
            if compiling() or watch.in_backward or not session.watching:
                return original(layer, *args, **kwargs)
            if watch.depth:
                return self.inside(original, layer, args, kwargs)
            if any_symbolic_tensors(args, kwargs):
                with watch.quietly():
                    return self.inside(original, layer, args, kwargs)
            root = self.roots.get(id(layer))
            if root is None or root.module() is not layer or (root.number < 0 and session.detail):
                root = self.root_of(layer)
            if root.number < 0:
                return original(layer, *args, **kwargs)
            for hook in watch.input_hooks:
                args, kwargs = hook(layer, args, kwargs)
            self.training = training_of(layer, args, kwargs)
            return self.call(functools.partial(self.inside_root, original), root, layer, args, kwargs)

        return __call__

    def inside(self, original: Any, layer: Any, args: Any, kwargs: Any) -> Any:
        """Run a layer within another, and know of it meanwhile."""
        self.watch.layers.append(layer)
        try:
            return original(layer, *args, **kwargs)
        except Exception as error:
            self.watch.caught.layer(error, layer, args, kwargs)
            raise
        finally:
            self.watch.layers.pop()

    def inside_root(self, original: Any, layer: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a root likewise."""
        return self.inside(original, layer, args, kwargs)

    def has_parameters(self, module: Any) -> bool:
        """Asked of Keras, not of torch: torch would fix the list of parameters before all of them are built."""
        return not module.built or bool(module.variables)


def training_of(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a call is in train mode: what it was told, else what the layer takes by default, else not."""
    told = kwargs.get("training")
    if told is None:
        try:
            bound = inspect.signature(layer.call).bind(*args, **kwargs)
            bound.apply_defaults()
            told = bound.arguments.get("training")
        except (TypeError, ValueError):
            told = None
    return bool(told)


class KerasLayers:
    """How to read the layers of Keras."""

    def __init__(self) -> None:
        from keras import layers  # pyright: ignore[reportMissingImports]

        self.layer = layers.Layer
        self.dropouts = (
            layers.Dropout,
            layers.SpatialDropout1D,
            layers.SpatialDropout2D,
            layers.SpatialDropout3D,
            layers.GaussianDropout,
            layers.AlphaDropout,
        )
        self.recurrent = (layers.LSTM, layers.GRU, layers.SimpleRNN)
        self.norm, self.fully = layers.BatchNormalization, layers.Dense

    def owns(self, module: Any) -> bool:
        """Layers and models."""
        return isinstance(module, self.layer)

    def parts(self, module: Any) -> list[tuple[str, Any]]:
        """A layer and those in it, by their names in Keras; a sequence and the functional model in it are one."""
        inner = [part for part in module._flatten_layers(include_self=False) if not is_shell(part)]
        return [("", module), *((part.name, part) for part in inner)]

    def parameters(self, part: Any) -> Iterator[tuple[str, torch.Tensor]]:
        """The variables that Keras keeps with the layer itself."""
        own = [*part._trainable_variables, *part._non_trainable_variables]
        return iter([(variable.name, variable.value) for variable in own])

    def dropout(self, part: Any) -> float:
        """The rate of a dropout, also of one inside of a recurrent layer."""
        if isinstance(part, self.dropouts):
            return float(part.rate)
        return float(part.dropout) if isinstance(part, self.recurrent) else 0.0

    def is_dropout(self, part: Any) -> bool:
        """Of the dropouts that are layers."""
        return isinstance(part, self.dropouts) and part.rate > 0

    def in_training(self, part: Any, call: bool) -> bool:
        """The call's mode holds for all of it."""
        del part
        return call

    def batch_norm(self, part: Any) -> bool:
        """Whether it normalises by its batch; a frozen one never does."""
        return isinstance(part, self.norm) and part.trainable

    def dense(self, part: Any) -> tuple[int, int] | None:
        """Of `Dense`, once it is built."""
        if not isinstance(part, self.fully) or not part.built:
            return None
        kernel: Any = part.kernel
        return int(kernel.shape[0]), int(part.units)

    def weighs(self, part: Any) -> bool:
        """Layers with a kernel."""
        return getattr(part, "kernel", None) is not None or hasattr(part, "recurrent_kernel")

    def units_last(self, part: Any) -> bool:
        """Keras counts units last."""
        del part
        return True


def is_shell(part: Any) -> bool:
    """Whether a part is no more than the functional model inside of a sequential one."""
    return type(part).__name__ == "Functional" and type(part).__module__.startswith("keras.src.models")
