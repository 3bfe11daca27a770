"""Graphs that live on from step to step: what backward passes go through again and again."""

from dataclasses import dataclass
from typing import Any

from bringup.capture.events import Backward
from bringup.capture.observer import Observer
from bringup.capture.source.person import Place
from bringup.capture.torch.graph import TOKEN, children, place_of, write
from bringup.record import CarriedFacts

PASS = "bringup-pass"
MOST = 20


@dataclass(slots=True)
class Noted:
    """One line of a backward pass."""

    place: Place | None
    passes: int = 0
    age: int = 0


class Carried(Observer):
    """Fills `carried`: each node that is seen is marked with the step; a mark of an earlier step from the same line tells."""

    close_only = frozenset({"on_backward"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.noted: dict[Place | None, Noted] = {}

    def on_backward(self, event: Backward) -> None:
        """Look for marks, and set new ones."""
        if event.graph is None:
            return
        oldest = event.step
        crossing: Place | None = None
        for node in event.graph.nodes:
            metadata = node.metadata
            place, step = metadata.get(PASS, (None, event.step))
            if place == event.place and step < event.step:
                oldest = min(oldest, step)
            elif step == event.step:
                crossing = crossing or place_over(node, event)
                write(node, PASS, (event.place, event.step))
        if oldest == event.step or (event.place not in self.noted and len(self.noted) >= MOST):
            return
        noted = self.noted.setdefault(event.place, Noted(crossing))
        noted.place = noted.place or crossing
        noted.passes += 1
        noted.age = max(noted.age, event.step - oldest)

    def facts(self) -> dict[str, Any]:
        """The lines of backward passes that meet old graphs."""
        where = self.session.person.where
        found = [
            CarriedFacts(where=where(noted.place), backward=where(place), passes=noted.passes, age=noted.age)
            for place, noted in self.noted.items()
        ]
        return {"carried": tuple(found)} if self.session.backwards else {}


def place_over(node: Any, event: Backward) -> Place | None:
    """The line by which a new node takes in an old one: the call of the model where that gave the old one, else its own."""
    for child in children(node):
        metadata = child.metadata
        place, step = metadata.get(PASS, (None, event.step))
        if place == event.place and step < event.step:
            token = metadata.get(TOKEN)
            return token.site.places[0] if token is not None and token.site.places else place_of(node)
    return None
