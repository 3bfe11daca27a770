"""Calls of a training place where no events are made: what their rows are is found out later, for many at once."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from bringup.capture.observers.held import is_part_of_much
from bringup.capture.observers.kept import version_of

MOST = 25  # calls
MOST_NUMBERS = 1 << 16  # of each tensor


class Noted(NamedTuple):
    """One call: what went in, the end of its graph cut off what came out, the target, and how often they were written to."""

    given: torch.Tensor
    output: torch.Tensor
    target: torch.Tensor
    judged: torch.Size
    step: int
    versions: list[int]

    @property
    def changed(self) -> bool:
        """Whether one of them was written to since."""
        return self.versions != [version_of(tensor) for tensor in (self.given, self.output, self.target)]


class Deferred:
    """The calls of one place, and their targets, until `take` takes them.

    Args:
        take: Given the calls in their order.

    Attributes:
        fits: Whether outputs and targets are small; the call that shows that one is not is left out, later ones are not taken.
    """

    __slots__ = ("fits", "noted", "open", "take")

    def __init__(self, take: Callable[[list[Noted]], None]) -> None:
        self.take = take
        self.fits = True
        self.noted: list[Noted] = []
        self.open: tuple[torch.Tensor, torch.Tensor, int, int, int] | None = None

    def takes(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Whether a call is as simple and as small as this is for."""
        return self.fits and len(args) == 1 and not kwargs and is_small(args[0])

    def call(self, given: torch.Tensor, output: Any, step: int) -> None:
        """Note a call; it counts once its target is there."""
        self.open = None
        self.fits = is_small(output)
        if self.fits:
            given, output = alone(given), alone(output)
            self.open = given, output, step, version_of(given), version_of(output)

    def loss(self, judged: Any, target: Any) -> None:
        """Note the target of the call before."""
        before, self.open = self.open, None
        if before is None or not isinstance(judged, torch.Tensor):
            return
        self.fits = is_small(target) and not target.requires_grad
        if not self.fits:
            return
        given, output, step, *versions = before
        target = alone(target)
        self.noted.append(Noted(given, output, target, judged.shape, step, [*versions, version_of(target)]))
        if len(self.noted) >= MOST:
            self.settle()

    def settle(self) -> None:
        """Hand over what was noted."""
        noted, self.noted = self.noted, []
        if noted:
            self.take(noted)


def is_small(value: Any) -> bool:
    """Whether it is a tensor of rows, and so small that several can be kept for a while."""
    return type(value) is torch.Tensor and value.dim() > 0 and value.numel() <= MOST_NUMBERS


def alone(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor without its graph; a copy where a reference would keep far more memory alive."""
    values = tensor.detach()
    return values.clone() if is_part_of_much(values, values.numel() * values.element_size()) else values
