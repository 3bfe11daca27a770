"""A ReLU between layers: where there is none, or in place of a sigmoid."""

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from bringup.capture.events import ModelCall
from bringup.probes.trial.intervention import Intervention

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

LINEAR = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)


class AddedActivations(Intervention):
    """The results of all linear layers but the last of a model go through a ReLU, from the second call on.

    The first call shows in which order they run; which one is the last is known only after it.
    """

    def install(self, watch: "Watch") -> None:
        """See calls of layers."""
        self.hidden: dict[int, bool] = {}  # by identity, whether another layer comes after it
        self.running: list[nn.Module] = []
        watch.patches.replace(nn.Module, "__call__", self.wrapped)

    def wrapped(self, original: Any) -> Any:
        """A call of a layer, and of what comes after it."""

        def __call__(module: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it takes that place
            result = original(module, *args, **kwargs)
            if not isinstance(module, LINEAR):
                return result
            self.running.append(module)
            if not self.hidden.get(id(module), False):
                return result
            self.acted += 1
            return torch.relu(result)

        return __call__

    def on_call(self, call: ModelCall) -> None:
        """The order is known."""
        del call
        last = self.running[-1] if self.running else None
        for module in self.running:
            self.hidden[id(module)] = module is not last
        self.running.clear()


class RectifiedStack(Intervention):
    """A ReLU stands in for every sigmoid and tanh but the last of a model, and its layers are initialised for it.

    A stack that was initialised for sigmoids is not what a person would train with ReLU.
    """

    def install(self, watch: "Watch") -> None:
        """Replace the functions."""
        self.counted = self.turn = 0
        self.depth = 0
        watch.patches.replace(nn.Module, "__call__", self.called)
        for owner in (torch, torch.Tensor, nn.functional):
            for name in ("sigmoid", "tanh"):
                watch.patches.replace(owner, name, self.wrapped)

    def called(self, original: Any) -> Any:
        """The outermost call, in which activations are counted."""

        def __call__(module: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it takes that place
            self.turn = 0 if self.depth == 0 else self.turn
            self.depth += 1
            try:
                return original(module, *args, **kwargs)
            finally:
                self.depth -= 1

        return __call__

    def wrapped(self, original: Any) -> Any:
        """An activation; those after which another one came in the first call are replaced."""

        def activation(given: Any, *args: Any, **kwargs: Any) -> Any:
            if not self.depth:
                return original(given, *args, **kwargs)
            self.turn += 1
            if self.session.steps and self.turn < self.counted:
                self.acted += 1
                return torch.relu(given)
            self.counted = max(self.counted, self.turn)
            return original(given, *args, **kwargs)

        return activation

    def on_root(self, root: Any, module: nn.Module) -> None:
        """Initialise (He et al. 2015)."""
        del root
        generator = torch.Generator().manual_seed(0)
        with torch.no_grad():
            for layer in module.modules():
                if isinstance(layer, LINEAR):
                    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
