"""Classes that weigh equally in the loss."""

import inspect
from typing import Any

import torch

from bringup.probes.trial.changes.losses import ChangedLoss

MOST_WEIGHT = 100.0


class WeightedClasses(ChangedLoss):
    """Each class has a weight in inverse ratio to how often it was seen so far."""

    names = ("cross_entropy", "nll_loss", "binary_cross_entropy", "binary_cross_entropy_with_logits")

    def __init__(self, session: Any, options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.counts = torch.zeros(0, dtype=torch.float64)

    def wrapped(self, name: str, original: Any) -> Any:
        """A loss with weights, where it has none of its own."""

        signature = inspect.signature(original)

        def loss_function(*args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(*args, **kwargs).arguments
            given, target = bound["input"], bound["target"]
            own = any(bound.get(key) is not None for key in ("weight", "pos_weight"))
            if self.inside or own or not torch.is_grad_enabled() or not self.fits(name, given, target):
                return original(*args, **kwargs)
            self.inside = True
            try:
                self.acted += 1
                return original(**{**bound, "weight": self.weight(name, given, target)})
            finally:
                self.inside = False

        return loss_function

    def fits(self, name: str, given: torch.Tensor, target: torch.Tensor) -> bool:
        """Whether targets are classes."""
        if name.startswith("binary"):
            return given.shape == target.shape
        return not target.is_floating_point() and given.ndim == 2 and bool((target >= 0).all())

    def weight(self, name: str, given: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """The weights of classes, or of the elements where there are two; on average 1 over the rows."""
        binary = name.startswith("binary")
        labels = (target > 0.5).long().reshape(-1) if binary else target.reshape(-1)
        size = 2 if binary else given.shape[1]
        if len(self.counts) != size:
            self.counts = torch.zeros(size, dtype=torch.float64)
        self.counts += torch.bincount(labels.cpu(), minlength=size).double()
        seen = self.counts > 0
        weight = torch.where(seen, self.counts.sum() / (seen.sum() * self.counts.clamp(min=1)), torch.ones_like(self.counts))
        weight = weight.clamp(max=MOST_WEIGHT).to(given.device, given.dtype)
        return weight[labels].reshape(given.shape) if binary else weight
