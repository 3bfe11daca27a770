"""The graph left whole where a line cuts it."""

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from bringup.probes.trial.changes.operations import AS_IT_IS, ChangedOperations

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

CUTS = frozenset({"detach", "data"})


class UncutGradient(ChangedOperations):
    """On its line a tensor is not detached, and gradients stay on, whatever block the line stands in."""

    def install(self, watch: "Watch") -> None:
        """See functions, and calls of modules: what runs inside one that is called here belongs to the line as well."""
        super().install(watch)
        watch.patches.replace(nn.Module, "__call__", self.wrapped)

    def change(self, name: str, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The tensor itself in place of a detached one; any other operation with gradients on."""
        if self.line.anywhere:
            return AS_IT_IS
        if name in CUTS:
            given = args[0] if args else None
            return given if isinstance(given, torch.Tensor) and given.requires_grad else AS_IT_IS
        if torch.is_grad_enabled():
            return AS_IT_IS
        with torch.enable_grad():
            return function(*args, **kwargs)

    def wrapped(self, original: Any) -> Any:
        """A call with gradients on."""

        def __call__(module: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it takes that place
            if torch.is_grad_enabled() or self.line.anywhere or not self.line.here(2):
                return original(module, *args, **kwargs)
            self.acted += 1
            with torch.enable_grad():
                return original(module, *args, **kwargs)

        return __call__
