"""Minus the loss."""

from typing import TYPE_CHECKING, Any

import torch

from bringup.probes.trial.intervention import Intervention

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch


class NegatedLoss(Intervention):
    """Every backward pass starts from minus the loss."""

    def install(self, watch: "Watch") -> None:
        """Replace the backward pass."""
        watch.patches.replace(torch.autograd, "backward", self.wrapped)

    def wrapped(self, original: Any) -> Any:
        """A backward pass of the opposite sign."""

        def backward(tensors: Any, *args: Any, **kwargs: Any) -> Any:
            self.acted += 1
            negated = -tensors if isinstance(tensors, torch.Tensor) else tuple(-tensor for tensor in tensors)
            return original(negated, *args, **kwargs)

        return backward
