"""Train mode where gradients are on, eval mode where they are off."""

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from bringup.probes.trial.intervention import Intervention

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch


class RightMode(Intervention):
    """Puts each outermost model into the mode that fits what it is called for."""

    def install(self, watch: "Watch") -> None:
        """Replace the call."""
        self.inside = False
        watch.input_hooks.append(self.told)
        watch.patches.replace(nn.Module, "__call__", self.wrapped)

    def told(self, layer: Any, args: Any, kwargs: Any) -> tuple[Any, Any]:
        """The arguments of a layer of Keras, which is told its mode."""
        trains = torch.is_grad_enabled()
        if not getattr(layer, "_call_has_training_arg", False) or kwargs.get("training") is trains:
            return args, kwargs
        self.acted += 1
        return args, {**kwargs, "training": trains}

    def wrapped(self, original: Any) -> Any:
        """A call in the mode that fits."""

        def __call__(module: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it takes that place
            trains = torch.is_grad_enabled()
            if self.inside or self.muted or next(module.parameters(), None) is None or in_mode(module, trains):
                return original(module, *args, **kwargs)
            modes = [(m, m.training) for m in module.modules()]
            module.train(trains)
            self.acted += 1
            self.inside = True
            try:
                return original(module, *args, **kwargs)
            finally:
                self.inside = False
                for entry, training in modes:
                    entry.training = training

        return __call__


def in_mode(module: nn.Module, training: bool) -> bool:
    """Whether a model is in this mode, with all its parts."""
    return all(part.training == training for part in module.modules())
