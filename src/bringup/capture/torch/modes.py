"""The boundary of train and eval mode: who switches it, what works against it, and weights that are loaded."""

import functools
import inspect
import sys
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as functions
from torch import nn

from bringup.capture.events import Dropout

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

DROPOUTS = ("dropout", "alpha_dropout", "dropout1d", "dropout2d", "dropout3d", "feature_alpha_dropout")


def install(watch: "Watch") -> None:
    """See switches of the mode, dropouts in eval mode, and weights that are loaded."""
    switches = Switches(watch)
    watch.patches.replace(nn.Module, "train", switches.train)
    watch.patches.replace(nn.Module, "load_state_dict", lambda original: loading(watch, original))
    for name in DROPOUTS:
        watch.patches.replace(functions, name, lambda original, name=name: dropping(watch, name, original))
    watch.patches.replace(functions, "scaled_dot_product_attention", lambda original: attending(watch, original))


class Switches:
    """Changes of the mode; a module passes each on to all that are in it, and only the outermost counts."""

    def __init__(self, watch: "Watch") -> None:
        self.watch = watch
        self.inside = False

    def train(self, original: Any) -> Any:
        """`Module.train`; `Module.eval` comes through here."""

        @functools.wraps(original)
        def train(module: Any, mode: bool = True) -> Any:
            if self.inside or not self.watch.session.watching:
                return original(module, mode)
            if module.training is not mode:
                self.watch.unsteady()
            self.inside = True
            try:
                result = original(module, mode)
            finally:
                self.inside = False
            self.watch.session.emit("on_mode", module, mode, self.watch.session.person.place(2))
            return result

        return train


def loading(watch: "Watch", original: Any) -> Any:
    """Tell of weights that were loaded."""

    @functools.wraps(original)
    def load_state_dict(module: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(module, *args, **kwargs)
        if watch.session.watching:
            watch.session.emit("on_load", module)
        return result

    return load_state_dict


def dropping(watch: "Watch", name: str, original: Any) -> Any:
    """A dropout function that tells of itself where it works in a model that is in eval mode."""

    @functools.wraps(original)
    def dropout(input: Any, p: float = 0.5, training: bool = default(original), *args: Any, **kwargs: Any) -> Any:
        root = watch.called
        if root is not None and training and p and not root.training and not torch.compiler.is_compiling():
            tell(watch, root, name, p)
        return original(input, p, training, *args, **kwargs)

    return dropout


def default(function: Any) -> bool:
    """Whether a dropout function works where nothing is said: `dropout` does, `alpha_dropout` does not."""
    return bool(inspect.signature(function).parameters["training"].default)


def attending(watch: "Watch", original: Any) -> Any:
    """The same for the dropout inside attention, which has no flag for the mode."""

    @functools.wraps(original)
    def scaled_dot_product_attention(
        query: Any, key: Any, value: Any, attn_mask: Any = None, dropout_p: float = 0.0, *args: Any, **kwargs: Any
    ) -> Any:
        root = watch.called
        if root is not None and dropout_p and not root.training and not torch.compiler.is_compiling():
            tell(watch, root, "scaled_dot_product_attention", dropout_p)
        return original(query, key, value, attn_mask, dropout_p, *args, **kwargs)

    return scaled_dot_product_attention


def tell(watch: "Watch", root: Any, name: str, probability: float) -> None:
    """Tell of a dropout, with the layer that called it."""
    session = watch.session
    if not session.watching:
        return
    caller = sys._getframe(2)
    layer = caller.f_locals.get("self") if caller.f_globals.get("__name__") == "torch.nn.modules.dropout" else None
    session.emit("on_dropout", Dropout(root, layer, name, probability, session.person.place(3), session.steps))
