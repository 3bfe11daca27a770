"""What happens to the gradients of one optimizer from step to step, seen in a few of its parameters."""

import math
import weakref
from typing import Any

import torch

from bringup.capture.source.person import Place
from bringup.capture.thinning import FIRST, in_window

MOST_PASSES = 300  # without a step
SENTINELS = 2


class Windows:
    """The gradients of one optimizer between its steps.

    A gradient that a backward pass finds as the pass or step before has left it was not cleared; where that holds for every
    pass since a step, the step's gradient is used again. Hooks on `zero_grad` would miss `p.grad = None` and its like.
    `steps` are those that were told, which leaves out most of those between windows.
    """

    def __init__(self) -> None:
        self.sentinels: list[weakref.ref[Any]] = []
        self.looking = True
        self.steps = self.looked = self.stale = self.empty = self.repeated = self.passes = self.discarded = 0
        self.entries = self.reached = self.clean = 0  # in this window
        self.before: list[float] = []
        self.noted: list[float] = []
        self.weights: list[float] = []
        self.first_weights: list[float] = []
        self.made = 0  # steps with a gradient that no pass has left so
        self.place: Place | None = None  # of the last pass that reached them
        self.clean_place: Place | None = None
        self.moved = False

    def enter(self) -> None:
        """Before a backward pass."""
        self.entries += 1
        if self.looking and self.sentinels:
            self.before = self.gradients()

    def leave(self, parameters: list[torch.Tensor], place: Place | None) -> None:
        """After a backward pass."""
        if not self.looking:
            return
        if not self.sentinels:
            self.choose(parameters)
            self.before = [0.0] * len(self.sentinels)
        after = self.gradients()
        if after == self.before:
            return
        self.reached += 1
        self.passes += 1
        if not (any(self.before) and self.before == self.noted):
            self.begin(place)
        self.noted, self.place = after, place
        self.moved = self.moved or (not self.steps and self.values() != self.first_weights)
        if self.passes >= MOST_PASSES and not self.steps:
            self.looking = False

    def begin(self, place: Place | None) -> None:
        """A pass that found no gradient of an earlier one: were there any, it was thrown away."""
        weights = self.values()
        if self.clean and place == self.clean_place and weights == self.weights:
            self.discarded += 1
        self.moved = self.moved or weights != self.first_weights
        self.clean += 1
        self.clean_place, self.weights = place, weights

    def step(self) -> None:
        """Before a step."""
        if not self.looking or not self.sentinels:
            return
        now = self.gradients()
        if self.reached and not any(now):
            self.empty += 1
        elif self.reached and made_by_hand(now, self.noted):
            self.made += 1
        elif not self.entries and self.steps and any(now) and now == self.noted:
            self.repeated += 1

    def stepped(self, following: int) -> None:
        """After a step. `following` is the number that the next step of the training will have."""
        if self.looking and self.reached:
            self.looked += 1
            self.stale += not self.clean
        self.steps += 1
        self.entries = self.reached = self.clean = 0
        self.looking = self.steps < FIRST or in_window(following)
        if self.looking and self.sentinels:
            self.noted = self.gradients()

    def choose(self, parameters: list[torch.Tensor]) -> None:
        """Take parameters that have a gradient: small ones, for the cost, and late ones, which are hardly ever dead."""
        able = [p for p in parameters if p.grad is not None and not p.grad.is_sparse and float(p.grad.sum())]
        able.sort(key=lambda p: p.numel() > 4096)  # the order is kept within the small and the large ones
        small = [p for p in able if p.numel() <= 4096] or able
        self.sentinels = [weakref.ref(p) for p in small[-SENTINELS:]]
        self.first_weights = self.values()

    def gradients(self) -> list[float]:
        """The sums of the gradients, 0 where there is none."""
        found = []
        for entry in self.sentinels:
            parameter = entry()
            gradient = None if parameter is None else parameter.grad
            found.append(0.0 if gradient is None else gradient.sum().item())
        return found

    def values(self) -> list[float]:
        """The sums of the weights."""
        parameters = [entry() for entry in self.sentinels]
        return [0.0 if p is None else float(p.detach().sum()) for p in parameters]


def made_by_hand(now: list[float], left: list[float]) -> bool:
    """Whether gradients were replaced since the last pass: clipping and scaling change all by one factor, or change nothing."""
    factors = [one / other for one, other in zip(now, left, strict=True) if other and math.isfinite(one / other)]
    return len(factors) > 1 and max(factors) - min(factors) > 1e-3 * max(map(abs, factors))
