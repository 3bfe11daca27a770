"""A wider layer where a model is narrowest."""

import copy
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from bringup.capture.torch.tensors import tensors_in
from bringup.probes.trial.changes.resizing import NORMS, WEIGHTED, resize, resize_norm, sizes
from bringup.probes.trial.intervention import Intervention

TIMES, LEAST = 8, 16  # the new width: so many times the old one, and at least this


class WiderLayer(Intervention):
    """The narrowest hidden layer of a chain is made wider, with the one that takes its output.

    Whether a model is a chain is tried on a copy: widened, it must give an output of the same shape for the same input.
    """

    def before_call(self, site: Any, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], detail: bool) -> None:
        """Widen before the first call, when no optimizer has a state yet."""
        del site, detail
        if self.acted or self.session.steps or any(tensor.requires_grad for tensor in tensors_in((args, kwargs))):
            return
        self.session.active = False  # calls of the copy are not the program's
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            try:
                twin = copy.deepcopy(module).eval()
                before = shapes(twin(*args, **kwargs))
                if widen(twin) and shapes(twin(*args, **kwargs)) == before:
                    self.acted += widen(module)
            except Exception:  # noqa: BLE001 - it is no chain, and cannot be widened
                self.session.leave(self, "before_call")
            finally:
                self.session.active = True


def shapes(output: Any) -> list[tuple[int, ...]]:
    """The shapes of an output."""
    return [tuple(tensor.shape) for tensor in tensors_in(output)]


def widen(module: nn.Module) -> bool:
    """Widen the narrowest hidden layer; whether there is one."""
    layers = [layer for layer in module.modules() if isinstance(layer, WEIGHTED)]
    hidden = [
        place
        for place, (layer, after) in enumerate(pairwise(layers))
        if sizes(after)[0] % sizes(layer)[1] == 0 and grouped(layer) == grouped(after) == 1
    ]
    if not hidden:
        return False
    place = min(hidden, key=lambda number: sizes(layers[number])[1])
    (takes, width), (taken, gives) = sizes(layers[place]), sizes(layers[place + 1])
    wide = max(TIMES * width, LEAST)
    resize(layers[place], takes, wide)
    resize(layers[place + 1], taken // width * wide, gives)
    inside = list(module.modules())
    for norm in inside[inside.index(layers[place]) : inside.index(layers[place + 1])]:
        if isinstance(norm, NORMS) and norm.num_features == width:
            resize_norm(norm, wide)
    return True


def grouped(layer: nn.Module) -> int:
    """Into how many groups a convolution divides its channels."""
    return int(getattr(layer, "groups", 1))
