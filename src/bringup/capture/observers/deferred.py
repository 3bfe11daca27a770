"""Calls of a training place where no events are made: what their rows are is noted, and taken for many at once."""

from collections.abc import Callable
from typing import Any

import torch

from bringup.capture.observers.held import Held
from bringup.capture.observers.kept import Call, rows_over_time

MOST = 25  # calls
MOST_NUMBERS = 1 << 16  # of each tensor


class Deferred:
    """The calls of one place, and their targets, until `take` takes them.

    Args:
        take: Given the calls in their order.
        room: How many rows there is room for.

    Attributes:
        fits: Whether outputs and targets are small; the call that shows that one is not is left out, later ones are not taken.
    """

    __slots__ = ("fits", "noted", "open", "room", "take")

    def __init__(self, take: Callable[[list[Call]], None], room: int) -> None:
        self.take, self.room = take, room
        self.fits = True
        self.noted: list[Call] = []
        self.open: Call | None = None

    def takes(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Whether a call is as simple and as small as this is for."""
        return self.fits and len(args) == 1 and not kwargs and is_small(args[0])

    def call(self, given: torch.Tensor, output: Any, step: int) -> None:
        """Note a call; it counts once its target is there."""
        self.open = None
        rows = given.shape[0]
        self.fits = is_small(output) and output.shape[0] == rows
        if self.fits:
            self.open = Call(held(given), None, held(output), None, rows, rows, step)

    def loss(self, judged: Any, target: Any) -> None:
        """Note the target of the call before."""
        before, self.open = self.open, None
        if before is None or not isinstance(judged, torch.Tensor):
            return
        self.fits = is_small(target) and not target.requires_grad
        if not self.fits:
            return
        if target.shape[0] != before.rows:
            target = rows_over_time(target, judged.shape, before.rows)
            if target is None:
                self.fits = False
                return
        before.target = held(target)
        self.noted.append(before)
        self.room -= before.rows
        if len(self.noted) >= MOST or self.room < 0:
            self.settle()

    def settle(self) -> None:
        """Hand over what was noted."""
        noted, self.noted, self.open = self.noted, [], None
        if noted:
            self.take(noted)


def is_small(value: Any) -> bool:
    """Whether it is a tensor of rows, and so small that several can be kept for a while."""
    return type(value) is torch.Tensor and value.dim() > 0 and value.numel() <= MOST_NUMBERS and value.layout is torch.strided


def held(tensor: torch.Tensor) -> Held:
    """A tensor without its graph."""
    return Held(tensor.detach() if tensor.requires_grad else tensor, copy=False)
