"""Attention that reads what fills up the ends of sequences, in the first steps."""

from typing import Any

import torch

from bringup.capture.events import ModelCall, Operation, Site
from bringup.capture.observer import Observer
from bringup.capture.torch.attention import HEADS, PRODUCT, WEIGHTS, filled_places, share_on_filled
from bringup.record import AttentionFacts

NAMES = frozenset({WEIGHTS, PRODUCT, HEADS})
LAST_STEP = 3  # after which the lens is closed
MOST = 50  # lines


class Attentions(Observer):
    """Fills `attentions`: one entry for each line that reads sequences which are filled up at their ends."""

    close_only = frozenset({"on_call"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.given: tuple[tuple[Any, ...], dict[str, Any]] | None = None
        self.filled: list[torch.Tensor] | None = None
        self.found: dict[Any, list[float]] = {}

    def before_call(self, site: Site, module: Any, args: Any, kwargs: Any, detail: bool) -> None:
        """Remember what goes in, for as long as the call lasts."""
        del site, module, detail
        self.given, self.filled = (args, kwargs), None
        if self.session.steps > LAST_STEP:
            self.given = None
            self.session.leave(self, "before_call", "on_call", "on_operation", "on_failure")

    def on_operation(self, operation: Operation) -> None:
        """Look at weights and masks."""
        if self.given is None or not operation.inside_model or operation.name not in NAMES:
            return
        if self.filled is None:
            self.filled = filled_places(*self.given)
        for filled in self.filled:
            with torch.no_grad():
                share = share_on_filled(operation.name, operation.args, operation.kwargs, operation.result, filled)
            if share is not None and (operation.place in self.found or len(self.found) < MOST):
                self.found.setdefault(operation.place, []).append(share)
                return

    def on_call(self, call: ModelCall) -> None:
        """The call is over."""
        del call
        self.given = self.filled = None

    def on_failure(self, error: BaseException) -> None:
        """It never ended."""
        del error
        self.given = self.filled = None

    def facts(self) -> dict[str, Any]:
        """The lines, in the order in which they were first run."""
        where = self.session.person.where
        found = [
            AttentionFacts(where=where(place), looks=len(shares), on_filled=min(shares)) for place, shares in self.found.items()
        ]
        return {"attentions": tuple(found)} if found else {}
