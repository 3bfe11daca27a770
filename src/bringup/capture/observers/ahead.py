"""Models that predict what comes next in a sequence: is it among what they are given? Tried once for each model."""

from typing import Any

import torch

from bringup.capture.events import Backward, LossCall, ModelCall, Operation, Step
from bringup.capture.observer import Observer
from bringup.capture.source.person import Place
from bringup.capture.torch.ahead import next_elements, sees_ahead
from bringup.record import AheadFacts

MASKS = frozenset({"triu", "tril", "triu_", "tril_", "generate_square_subsequent_mask"})
LAST_STEP = 3  # after which nothing more is tried


class Ahead(Observer):
    """Fills `ahead`: one entry for each model whose targets are the next elements of its inputs."""

    in_windows = frozenset({"on_call", "on_loss"})
    rests = True

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.call: ModelCall | None = None
        self.found: dict[int, AheadFacts] = {}
        self.ready: tuple[ModelCall, int] | None = None
        self.mask: Place | None = None  # a library that reads masks makes some to compare with, later

    def on_operation(self, operation: Operation) -> None:
        """Note where the first mask is made."""
        if operation.name in MASKS and self.mask is None:
            self.mask = operation.place

    def on_call(self, call: ModelCall) -> None:
        """Remember the call whose loss may follow."""
        root = call.site.root
        self.call = call if call.site.grad and root.plain and root.number not in self.found else None

    def on_loss(self, loss: LossCall) -> None:
        """See whether the targets are what comes next."""
        call, self.call = self.call, None
        if call is None or not loss.trains or not isinstance(loss.target, torch.Tensor):
            return
        number = next_elements(call.args, call.kwargs, loss.target)
        if number is not None:
            self.ready = call, number

    def after_backward(self, event: Backward) -> None:
        """Let a call go whose loss was not seen: its graph must not live longer than without us."""
        del event
        self.call = None

    def after_step(self, step: Step) -> None:
        """Try the model, with all hooks at rest."""
        ready, self.ready, self.call = self.ready, None, None
        if ready is not None:
            self.attempt(*ready)
        if step.step >= LAST_STEP:
            self.session.leave(self, "on_call", "on_loss", "on_operation", "after_backward", "after_step")

    def attempt(self, call: ModelCall, number: int) -> None:
        """Measure."""
        self.session.active = False
        try:
            share = sees_ahead(call.module, call.args, call.kwargs, number)
        finally:
            self.session.active = True
        if share is None:
            return
        where = self.session.person.where
        self.found[call.site.root.number] = AheadFacts(
            model=call.site.root.name,
            call=where(call.site.places[0]) if call.site.places else None,
            seen=share,
            where=where(self.mask),
        )

    def facts(self) -> dict[str, Any]:
        """The models that were tried."""
        return {"ahead": tuple(self.found.values())} if self.found else {}
