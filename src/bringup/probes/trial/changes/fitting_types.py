"""Values of the type that is wanted."""

from typing import Any, ClassVar

import torch

from bringup.probes.trial.changes.operations import AS_IT_IS, ChangedOperations

CLASSES = frozenset({"cross_entropy", "nll_loss"})
SHARES = frozenset({"binary_cross_entropy", "binary_cross_entropy_with_logits", "mse_loss", "l1_loss", "smooth_l1_loss"})
LAYERS = frozenset({"linear", "conv1d", "conv2d", "conv3d", "matmul", "mm", "bmm", "addmm"})


class FittingTypes(ChangedOperations):
    """Inputs have the type of the weights, classes are whole numbers, values are real ones, as the functions ask for."""

    names: ClassVar[frozenset[str]] = CLASSES | SHARES | LAYERS | {"embedding"}

    def change(self, name: str, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The same function on values of the right type."""
        if len(args) < 2 or not all(isinstance(entry, torch.Tensor) for entry in args[:2]):
            return AS_IT_IS
        given, other = args[0], args[1]
        new, new_other = fitted(name, given, other)
        if new is given and new_other is other:
            return AS_IT_IS
        return function(new, new_other, *args[2:], **kwargs)


def fitted(name: str, given: torch.Tensor, other: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Two arguments, converted where they do not go together."""
    if name in CLASSES:
        return given, other if other.shape == given.shape else other.long()
    if name in SHARES:
        return given, other.to(given.dtype)
    if name == "embedding":
        return given.long(), other
    return given.to(other.dtype), other
