"""Graphs that end with their step, where the program goes on with them, and graphs that are not made, where it keeps them."""

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from bringup.capture.torch.tensors import tensors_in
from bringup.probes.trial.changes.operations import AS_IT_IS, ChangedOperations
from bringup.probes.trial.intervention import Intervention

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch


class DetachedState(Intervention):
    """What a model made in an earlier step and is given again comes without its graph."""

    def install(self, watch: "Watch") -> None:
        """Replace the call."""
        self.depth = 0
        watch.patches.replace(nn.Module, "__call__", self.wrapped)

    def wrapped(self, original: Any) -> Any:
        """An outermost call whose arguments end the graphs of earlier steps."""

        def __call__(module: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it takes that place
            if self.depth or self.muted or next(module.parameters(), None) is None:
                return original(module, *args, **kwargs)
            self.depth += 1
            try:
                output = original(module, *self.cut(args), **self.cut(kwargs))
            finally:
                self.depth -= 1
            for tensor in tensors_in(output):
                if tensor.requires_grad:
                    tensor.bringup_step = self.session.steps  # pyright: ignore[reportAttributeAccessIssue]
            return output

        return __call__

    def cut(self, given: Any) -> Any:
        """Arguments, those of an earlier step detached."""
        if isinstance(given, torch.Tensor):
            if getattr(given, "bringup_step", self.session.steps) >= self.session.steps:
                return given
            self.acted += 1
            return given.detach()
        if isinstance(given, dict):
            return {name: self.cut(value) for name, value in given.items()}
        return type(given)(self.cut(value) for value in given) if type(given) in (tuple, list) else given


class GraphsLetGo(ChangedOperations):
    """A line that keeps what a model made keeps its value without its graph; a model called there makes none."""

    def install(self, watch: "Watch") -> None:
        """See what is done on the line."""
        super().install(watch)
        watch.patches.replace(nn.Module, "__call__", self.wrapped)

    def wrapped(self, original: Any) -> Any:
        """A call without a graph."""

        def __call__(module: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it takes that place
            if self.line.anywhere or not torch.is_grad_enabled() or not self.line.here(2):
                return original(module, *args, **kwargs)
            self.acted += 1
            with torch.no_grad():
                return original(module, *args, **kwargs)

        return __call__

    def change(self, name: str, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The same on values without a graph."""
        del name
        if self.line.anywhere or not torch.is_grad_enabled():
            return AS_IT_IS
        with torch.no_grad():
            return function(*args, **kwargs)
