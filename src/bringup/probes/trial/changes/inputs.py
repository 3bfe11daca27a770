"""Other inputs: standardised, or zero."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from bringup.probes.trial.intervention import Intervention

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

ENOUGH_ROWS = 256  # of a model, after which its statistics are settled


class ChangedInputs(Intervention):
    """Changes the inputs of every outermost call of a module with parameters: tensors of real numbers."""

    def install(self, watch: "Watch") -> None:
        """Replace the call."""
        self.depth = 0
        watch.patches.replace(nn.Module, "__call__", self.wrapped)

    def wrapped(self, original: Any) -> Any:
        """A call with other inputs."""

        def __call__(module: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807 - it takes that place
            if self.depth or self.muted or next(module.parameters(), None) is None:
                return original(module, *args, **kwargs)
            self.depth += 1
            try:
                given = tuple(self.changed(module, index, value) for index, value in enumerate(args))
                return original(module, *given, **{name: self.changed(module, name, value) for name, value in kwargs.items()})
            finally:
                self.depth -= 1

        return __call__

    def changed(self, module: Any, which: Any, value: Any) -> Any:
        """One argument, changed where it is a tensor of real numbers that no model has made."""
        real = isinstance(value, torch.Tensor) and value.is_floating_point() and not value.requires_grad and value.ndim > 1
        if not real:
            return value
        self.acted += 1
        return self.change(module, which, value)

    def change(self, module: Any, which: Any, value: torch.Tensor) -> torch.Tensor:
        """To be written by those that change something."""
        raise NotImplementedError


class ZeroedInputs(ChangedInputs):
    """Every input is 0."""

    def change(self, module: Any, which: Any, value: torch.Tensor) -> torch.Tensor:
        """Zeros."""
        del module, which
        return torch.zeros_like(value)


class StandardisedInputs(ChangedInputs):
    """Every input has mean 0 and standard deviation 1, by the first batches that the model was trained on.

    Features are scaled one by one where inputs are rows of features [N, D] or sequences of them [N, T, D]; images as a whole,
    by channel.
    """

    def __init__(self, session: Any, options: dict[str, Any]) -> None:
        super().__init__(session, options)
        self.seen: dict[Any, Moments] = {}

    def change(self, module: Any, which: Any, value: torch.Tensor) -> torch.Tensor:
        """Scale."""
        known = self.seen.setdefault((id(module), which, value.shape[1:] if value.ndim == 2 else value.ndim), Moments())
        if known.rows < ENOUGH_ROWS and (torch.is_grad_enabled() or not known.rows):
            known.add(value)
        return known.scale(value)


class Moments:
    """Mean and standard deviation over the axes that do not name a feature."""

    def __init__(self) -> None:
        self.rows = 0
        self.pieces: list[torch.Tensor] = []
        self.mean: Any = None
        self.std: Any = None

    def add(self, value: torch.Tensor) -> None:
        """Take in a batch."""
        self.rows += len(value)
        self.pieces.append(value.detach().clone())
        axes = over(value)
        whole = torch.cat(self.pieces) if all(p.shape[1:] == value.shape[1:] for p in self.pieces) else value
        self.mean = whole.mean(dim=axes, keepdim=True)
        std = whole.std(dim=axes, keepdim=True)
        self.std = torch.where(std > 1e-12 * (1 + self.mean.abs()), std, torch.ones_like(std))

    def scale(self, value: torch.Tensor) -> torch.Tensor:
        """Apply; statistics that do not fit the value are those of the value."""
        try:
            return (value - self.mean) / self.std
        except RuntimeError:
            return (value - value.mean()) / value.std().clamp_min(1e-12)


def over(value: torch.Tensor) -> tuple[int, ...]:
    """The axes over which an input is averaged."""
    features = {2: 1, 3: 2}.get(value.ndim, 1)
    return tuple(axis for axis in range(value.ndim) if axis != features)


Change = Callable[[Any, Any, torch.Tensor], torch.Tensor]
