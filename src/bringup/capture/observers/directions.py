"""Which way the training pushes an error: the sign of the gradient with respect to it."""

from dataclasses import dataclass
from typing import Any

import torch

from bringup.capture.events import Backward
from bringup.capture.observer import Observer
from bringup.capture.observers.optimizers import Optimizers
from bringup.capture.source.person import Place
from bringup.capture.torch.errors import Error, errors
from bringup.record import DirectionFacts

MOST = 50


@dataclass(slots=True)
class Noted:
    """One error of one loss."""

    what: str
    place: Place | None
    looks: int = 0
    up: int = 0
    first: float | None = None
    last: float | None = None
    alone: bool = True


class Directions(Observer):
    """Fills `directions`: one entry for each error of each loss."""

    close_only = frozenset({"on_backward"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.noted: dict[Any, Noted] = {}
        self.peer: Optimizers | None = None

    def on_backward(self, event: Backward) -> None:
        """Look for errors, and wait for their gradients."""
        if event.graph is None or not event.detail:
            return
        self.peer = self.peer or next(entry for entry in self.session.observers if isinstance(entry, Optimizers))
        owners = holders(event.graph.leaves, self.peer)
        for number, error in enumerate(errors(event.graph)):
            key = (event.place, number, error.what)
            noted = self.noted.get(key)
            if noted is None:
                if len(self.noted) >= MOST:
                    return
                noted = self.noted[key] = Noted(error.what, event.loss_place)
            noted.alone = noted.alone and len(owners) == 1
            noted.first = error.size if noted.first is None else noted.first
            noted.last = error.size
            maximize = any(group.get("maximize") for owner in owners for group in groups(self.peer, owner))
            error.node.register_prehook(receiver(noted, error, maximize=maximize))

    def facts(self) -> dict[str, Any]:
        """The errors, in the order in which they were seen."""
        where = self.session.person.where
        return {"directions": tuple(
            DirectionFacts(
                what=noted.what, where=where(noted.place), looks=noted.looks, up=noted.up, first=noted.first, last=noted.last,
                alone=noted.alone,
            )
            for noted in self.noted.values()
        )} if self.noted else {}  # fmt: skip


def receiver(noted: Noted, error: Error, *, maximize: bool) -> Any:
    """What is called with the gradient of an error; it keeps nothing of the graph."""
    sign = error.sign * (-1 if maximize else 1)

    def receive(gradients: Any) -> None:
        gradient = gradients[0]
        if gradient is None:
            return
        total = float(gradient.detach().double().sum())
        if total:
            noted.looks += 1
            noted.up += sign * total < 0

    return receive


def holders(leaves: list[torch.Tensor], peer: Optimizers) -> set[int]:
    """The optimizers that hold what a loss depends on; -1 stands for none."""
    owner = {id(p): number for number, holding in enumerate(peer.holdings) for p in holding.parameters()}
    return {owner.get(id(leaf), -1) for leaf in leaves}


def groups(peer: Optimizers, number: int) -> list[dict[str, Any]]:
    """The parameter groups of an optimizer."""
    optimizer = peer.holdings[number].reference() if number >= 0 else None
    return [] if optimizer is None else optimizer.param_groups
