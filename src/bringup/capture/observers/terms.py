"""Losses that are sums of terms: how each became one number."""

from typing import Any

from bringup.capture.events import Backward
from bringup.capture.observer import Observer
from bringup.capture.source.person import Place
from bringup.capture.torch.graph import place_of
from bringup.capture.torch.terms import terms
from bringup.record import TermFacts, WeighedFacts

LOOKS = 3
MOST = 20


class Terms(Observer):
    """Fills `weighed`: one entry for each line of a loss that is a sum of terms over the rows of a batch."""

    close_only = frozenset({"on_backward"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.looks = 0
        self.found: dict[Place | None, WeighedFacts] = {}

    def on_backward(self, event: Backward) -> None:
        """Look at the loss as it is written."""
        if event.graph is None or self.looks >= LOOKS:
            return
        self.looks += 1
        where = self.session.person.where
        parts = tuple(
            TermFacts(
                reduction=term.reduction,
                shape=term.shape,
                factor=term.factor,
                summed=term.summed,
                divergence=term.divergence,
                where=where(place_of(term.node)),
            )
            for term in terms(event.graph)
        )
        if parts and len(self.found) < MOST:
            self.found.setdefault(event.place, WeighedFacts(where=where(event.place), terms=parts))

    def facts(self) -> dict[str, Any]:
        """What was found."""
        return {"weighed": tuple(self.found.values())} if self.looks else {}
