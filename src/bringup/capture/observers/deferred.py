"""Calls of a training place where no events are made: what their rows are is found out later, for many at once."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from bringup.capture.observers.kept import version_of

MOST = 25  # calls
MOST_NUMBERS = 1 << 16  # of what goes into each


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
    """

    __slots__ = ("noted", "open", "take")

    def __init__(self, take: Callable[[list[Noted]], None]) -> None:
        self.take = take
        self.noted: list[Noted] = []
        self.open: tuple[torch.Tensor, torch.Tensor, int, int, int] | None = None

    def takes(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Whether a call is as simple and as small as this is for."""
        return len(args) == 1 and not kwargs and type(args[0]) is torch.Tensor and args[0].numel() <= MOST_NUMBERS

    def call(self, given: torch.Tensor, output: Any, step: int) -> None:
        """Note a call; it counts once its target is there."""
        self.open = None
        if type(output) is torch.Tensor:
            self.open = given, output.detach(), step, version_of(given), version_of(output)

    def loss(self, judged: Any, target: Any) -> None:
        """Note the target of the call before."""
        before, self.open = self.open, None
        if before is None or type(target) is not torch.Tensor or not isinstance(judged, torch.Tensor):
            return
        given, output, step, *versions = before
        self.noted.append(Noted(given, output, target, judged.shape, step, [*versions, version_of(target)]))
        if len(self.noted) >= MOST:
            self.settle()

    def settle(self) -> None:
        """Hand over what was noted."""
        noted, self.noted = self.noted, []
        if noted:
            self.take(noted)
