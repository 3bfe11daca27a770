"""A softmax over another axis."""

from typing import Any, ClassVar

import torch

from bringup.probes.trial.changes.operations import AS_IT_IS, ChangedOperations


class OtherAxis(ChangedOperations):
    """A softmax goes over the last axis, where scores most often lie; one over the last goes over the second."""

    names: ClassVar[frozenset[str]] = frozenset({"softmax", "log_softmax", "softmin"})

    def change(self, name: str, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The same function over the other axis."""
        del name
        given = args[0] if args else kwargs.get("input")
        axis = kwargs.get("dim", args[1] if len(args) > 1 else None)
        if not isinstance(given, torch.Tensor) or not isinstance(axis, int) or given.ndim < 2:
            return AS_IT_IS
        last = given.ndim - 1
        other = last if axis % given.ndim != last else 1 if last != 1 else 0
        if len(args) > 1:
            return function(args[0], other, *args[2:], **kwargs)
        return function(*args, **{**kwargs, "dim": other})
