"""Axes moved where they were only renamed."""

from itertools import permutations
from typing import Any, ClassVar

import torch

from bringup.probes.trial.changes.operations import AS_IT_IS, ChangedOperations


class MovedAxes(ChangedOperations):
    """A view or reshape that only gives axes other names moves the values as well."""

    names: ClassVar[frozenset[str]] = frozenset({"view", "reshape"})

    def change(self, name: str, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The axes moved, where the new shape is a permutation of the old one."""
        given = args[0] if args else None
        if not isinstance(given, torch.Tensor) or self.line.anywhere:
            return AS_IT_IS
        with torch._C.DisableTorchFunction():
            after = tuple(function(*args, **kwargs).shape) if name == "view" else tuple(given.reshape(*args[1:]).shape)
            order = move(tuple(given.shape), after)
            return AS_IT_IS if order is None else given.permute(order).contiguous()


def move(before: tuple[int, ...], after: tuple[int, ...]) -> tuple[int, ...] | None:
    """The order of axes that makes one shape of another and leaves most of them where they are; None where there is none."""
    if len(before) != len(after) or sorted(before) != sorted(after) or not 2 <= len(before) <= 5:
        return None
    plain = tuple(range(len(before)))
    orders = [order for order in permutations(plain) if order != plain and tuple(before[axis] for axis in order) == after]
    return max(orders, key=lambda order: sum(a == b for a, b in zip(order, plain, strict=True)), default=None)
