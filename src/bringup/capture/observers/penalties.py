"""Penalties on weights that are written into the loss."""

from typing import Any

from bringup.capture.events import Backward
from bringup.capture.observer import Observer
from bringup.capture.source.person import Place
from bringup.capture.torch.graph import children, name_of, place_of
from bringup.record import PenaltyFacts

KINDS = {
    "AbsBackward0": "absolute values", "PowBackward0": "squares", "NormBackward0": "norm", "NormBackward1": "norm",
    "NormBackward2": "norm", "LinalgVectorNormBackward0": "norm", "MulBackward0": "squares",
}  # fmt: skip
LOOKS = 3


class Penalties(Observer):
    """Fills `penalties`: functions of parameters alone, above the outputs of models."""

    close_only = frozenset({"on_backward"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.looks = 0
        self.found: dict[tuple[str, Place | None], int] = {}

    def on_backward(self, event: Backward) -> None:
        """Look at the loss as it is written."""
        if event.graph is None or self.looks >= LOOKS:
            return
        self.looks += 1
        counts: dict[tuple[str, Place | None], int] = {}
        for node in event.graph.head():
            kind = KINDS.get(name_of(node))
            below = children(node) if kind is not None else []
            if kind is not None and below and all(name_of(child) == "AccumulateGrad" for child in below):
                key = (kind, place_of(node))
                counts[key] = counts.get(key, 0) + 1
        for key, count in counts.items():
            self.found[key] = max(count, self.found.get(key, 0))

    def facts(self) -> dict[str, Any]:
        """What was found."""
        where = self.session.person.where
        found = [PenaltyFacts(kind=kind, where=where(place), tensors=count) for (kind, place), count in self.found.items()]
        return {"penalties": tuple(found)} if self.looks else {}
