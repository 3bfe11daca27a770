"""Differences of what has one shape, where prediction and target broadcast against each other."""

from typing import Any, ClassVar

import torch

from bringup.probes.trial.changes.operations import AS_IT_IS, ChangedOperations


class AlignedOperands(ChangedOperations):
    """On its line, the second operand of a difference has the shape of the first where both hold equally many values."""

    names: ClassVar[frozenset[str]] = frozenset({"sub", "rsub", "subtract"})

    def change(self, name: str, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The same difference, value by value."""
        del name
        one, other = args[0], args[1] if len(args) > 1 else None
        if self.line.anywhere or not isinstance(one, torch.Tensor) or not isinstance(other, torch.Tensor):
            return AS_IT_IS
        if one.shape == other.shape or one.numel() != other.numel() or one.numel() < 2:
            return AS_IT_IS
        return function(one, other.reshape(one.shape), *args[2:], **kwargs)
