"""Weights that the program changes itself, without an optimizer: whether their gradients are cleared in between."""

import weakref
from typing import Any

import torch

from bringup.capture.events import Backward
from bringup.capture.observer import Observer
from bringup.capture.observers.optimizers import Optimizers
from bringup.capture.source.person import Place
from bringup.record import HandFacts

MOST_PASSES = 200
SENTINELS = 2
SMALL = 4096


class ByHand(Observer):
    """Fills `by_hand`."""

    in_windows = frozenset({"on_backward", "after_backward"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.sentinels: list[weakref.ref[torch.Tensor]] = []
        self.noted: list[float] = []
        self.values: list[float] = []
        self.passes = self.moves = self.stale = 0
        self.place: Place | None = None
        self.peer: Optimizers | None = None

    def on_backward(self, event: Backward) -> None:
        """See whether the weights moved since the last pass, and the gradient of that pass is still there."""
        if self.passes >= MOST_PASSES or not (self.sentinels or event.graph):
            return
        if event.graph is not None and not any(entry() is not None for entry in self.sentinels):
            self.choose(event.graph.leaves)
            return
        weights = self.alive()
        if not weights:
            return
        values, gradients = sums(weights), sums([p.grad for p in weights])
        if len(values) == len(self.values) and values != self.values and any(self.noted):
            self.moves += 1
            self.stale += gradients == self.noted
            self.place = event.place

    def after_backward(self, event: Backward) -> None:
        """Remember weights and gradients."""
        del event
        if self.sentinels and self.passes < MOST_PASSES:
            self.passes += 1
            weights = self.alive()
            self.values, self.noted = sums(weights), sums([p.grad for p in weights])

    def choose(self, leaves: list[torch.Tensor]) -> None:
        """Take a few small leaves that no optimizer holds."""
        self.peer = self.peer or next(entry for entry in self.session.observers if isinstance(entry, Optimizers))
        held = self.peer.held()
        free = [leaf for leaf in leaves if leaf.requires_grad and id(leaf) not in held and leaf.numel() <= SMALL]
        self.sentinels = [weakref.ref(leaf) for leaf in free[:SENTINELS]]
        self.values, self.noted = [], []

    def alive(self) -> list[torch.Tensor]:
        """The weights that are looked at."""
        return [weight for entry in self.sentinels if (weight := entry()) is not None]

    def facts(self) -> dict[str, Any]:
        """What was seen."""
        if not self.moves:
            return {}
        where = self.session.person.where(self.place)
        return {"by_hand": HandFacts(moves=self.moves, stale=self.stale, where=where)}


def sums(tensors: list[Any]) -> list[float]:
    """The sums of tensors, 0 where there is none."""
    return [0.0 if tensor is None else tensor.detach().sum().item() for tensor in tensors]
