"""Graphs of earlier calls that are still alive, and what keeps them."""

import weakref
from dataclasses import dataclass, field
from typing import Any

import torch

from bringup.capture.events import ModelCall, Site, Step, Token
from bringup.capture.observer import Observer
from bringup.capture.person import Place
from bringup.capture.torch.graph import TOKEN
from bringup.capture.torch.keepers import keeper
from bringup.capture.torch.tensors import tensors_in
from bringup.record import KeptFacts

MANY = 20  # graphs that are alive, and worth a search for what keeps them
EVERY = 25  # steps
MOST_LOOKS = 400


@dataclass(slots=True)
class Noted:
    """The graphs of one place."""

    site: Site
    calls: int = 0
    alive: set[weakref.ref[Token]] = field(default_factory=set)
    counts: list[int] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    searched: int = 0
    place: Place | None = None


class GraphsKept(Observer):
    """Fills `kept`: a token in each graph is referred to weakly, and lives as long as the graph."""

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.noted: dict[int, Noted] = {}

    def on_call(self, call: ModelCall) -> None:
        """Refer to the token of a call."""
        if not call.site.grad:
            return
        output = call.output
        tensor = output if isinstance(output, torch.Tensor) else next((t for t in tensors_in(output) if t.requires_grad), None)
        node: Any = None if tensor is None else tensor.grad_fn
        token: Token | None = None if node is None else node.metadata.get(TOKEN)
        if token is None:
            return
        noted = self.noted.get(call.site.number)
        if noted is None:
            noted = self.noted[call.site.number] = Noted(call.site)
        noted.calls += 1
        noted.alive.add(weakref.ref(token, noted.alive.discard))

    def after_step(self, step: Step) -> None:
        """Count what is alive of earlier steps."""
        if not step.detail and step.step % EVERY:
            return
        for noted in self.noted.values():
            if len(noted.counts) < MOST_LOOKS and (not noted.steps or step.step > noted.steps[-1]):
                self.look(noted, step.step)

    def look(self, noted: Noted, step: int) -> None:
        """Count at one place; search for what keeps so many, a few times."""
        old = sum(1 for entry in list(noted.alive) if (token := entry()) is not None and token.step < step - 1)
        noted.counts.append(old)
        noted.steps.append(step)
        if old >= MANY * (1 + noted.searched) and noted.searched < 3 and noted.place is None:
            noted.searched += 1
            noted.place = keeper(noted.site, self.session.person, step - 1)

    def facts(self) -> dict[str, Any]:
        """The places that were called with gradients on."""
        where = self.session.person.where
        found = [
            KeptFacts(
                call=where(noted.site.places[0]) if noted.site.places else None,
                where=where(noted.place),
                calls=noted.calls,
                alive=tuple(noted.counts),
                steps=tuple(noted.steps),
                trained=noted.site.trained > 0,
            )
            for noted in self.noted.values()
            if any(noted.counts)
        ]
        return {"kept": tuple(found)} if self.noted else {}
