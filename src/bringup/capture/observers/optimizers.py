"""Optimizers: what they hold, which gradients they step with, and what they never get a gradient for."""

import weakref
from typing import Any

import torch

from bringup.capture.events import Backward, ModelCall, Operation, Root, Site, Step
from bringup.capture.observer import Observer
from bringup.capture.source.person import Place
from bringup.capture.torch.cuts import MOST_PASSES, Cuts
from bringup.capture.torch.holding import FEW, Holding
from bringup.capture.torch.ownership import Ownership
from bringup.record import ParameterFacts, Series

MOST = 50
SURE = 3  # steps after which a parameter should have had a gradient


class Optimizers(Observer):
    """Fills `optimizers`, and for each the series "optimizer0/learning-rate" and "optimizer0/weight-norm"."""

    close_only = frozenset({"on_call"})
    rests = True

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.ownership = Ownership(session)
        self.cuts = Cuts()
        self.holdings: list[Holding] = []
        self.known: dict[int, Holding] = {}
        self.further: list[weakref.ref[torch.optim.Optimizer]] = []  # beyond `MOST`

    def on_root(self, root: Root, module: torch.nn.Module) -> None:
        """Remember the model."""
        del module
        self.ownership.roots.append(root.module)

    def on_load(self, module: torch.nn.Module) -> None:
        """Its weights are no random numbers."""
        self.ownership.load(module.parameters())

    def on_optimizer(self, optimizer: torch.optim.Optimizer, place: Place | None) -> None:
        """Take in an optimizer."""
        if len(self.holdings) < MOST:
            self.known[id(optimizer)] = holding = Holding(optimizer, place)
            self.holdings.append(holding)
            self.session.ask(self, for_more=True)  # until it is known whether it steps
        else:
            self.further = [entry for entry in self.further if entry() is not None] + [weakref.ref(optimizer)]

    def holding_of(self, optimizer: torch.optim.Optimizer) -> Holding | None:
        """What is known of an optimizer."""
        holding = self.known.get(id(optimizer))
        return holding if holding is not None and holding.reference() is optimizer else None

    def before_call(self, site: Site, module: Any, args: Any, kwargs: Any, detail: bool) -> None:
        """Remember who is called."""
        del module, args, kwargs, detail
        self.cuts.site = site

    def on_call(self, call: ModelCall) -> None:
        """It returned."""
        del call
        self.cuts.site = None

    def on_operation(self, operation: Operation) -> None:
        """Note which parameters are used, and where the graph is left."""
        self.cuts.see(operation)

    def on_backward(self, event: Backward) -> None:
        """Look at the gradients that are there before."""
        if self.cuts.passes < MOST_PASSES:
            self.cuts.note_graph(event)
        for holding in self.holdings:
            if holding.windows.looking:
                holding.windows.enter()

    def after_backward(self, event: Backward) -> None:
        """Look at the gradients that are there now."""
        for holding in self.holdings:
            windows = holding.windows
            if windows.looking and holding.reference() is not None:
                windows.leave(holding.parameters() if not windows.sentinels else [], event.place)
            if holding.ungraded and (event.detail or windows.looking or len(holding.ungraded) <= FEW):
                holding.mark()

    def on_step(self, step: Step) -> None:
        """Look at what the step works with."""
        holding = self.holding_of(step.optimizer)
        if holding is None:
            return
        holding.step_place, holding.stepped = step.place, step.entry
        if holding.windows.looking and not step.closure:  # its backward passes are still to come
            holding.windows.step()
        holding.note_rate()

    def after_step(self, step: Step) -> None:
        """Close the window, and now and then look at the weights."""
        holding = self.holding_of(step.optimizer)
        if holding is None:
            return
        if holding.ungraded and holding.windows.looking:
            holding.mark()
            self.describe_missing(holding)
        if step.detail:
            holding.note_norm()
            self.ownership.load(p for p in holding.parameters() if p.grad is not None)
        holding.windows.stepped(step.step + 1)
        self.session.ask(self, for_more=any(entry.curious for entry in self.holdings))

    def after_breath(self, step: int) -> None:
        """Look at the weights whenever there were twice as many steps: of a short training they are the end."""
        del step
        for holding in self.holdings:
            if holding.norms.last is not None and holding.steps >= 2 * holding.norms.last[0] + 1:
                holding.note_norm()

    def describe_missing(self, holding: Holding) -> None:
        """Describe what never got a gradient while it is alive; again only when it is less than before."""
        if holding.steps < SURE or len(holding.ungraded) == holding.described:
            return
        holding.described = len(holding.ungraded)
        missing = holding.without_gradient()
        if missing:
            self.ownership.look()
        holding.missing = tuple(self.with_reason(*entry) for entry in self.ownership.describe(missing))

    def with_reason(self, facts: ParameterFacts, tensors: list[torch.Tensor]) -> ParameterFacts:
        """Say why no gradient reaches them."""
        if not self.ownership.knows(tensors[0]) and not facts.hidden:
            return facts.model_copy(update={"reason": "stale"})
        reason, place = self.cuts.reason(tensors)
        return facts.model_copy(update={"reason": reason, "reason_where": self.session.person.where(place)})

    def held(self) -> set[int]:
        """The identities of all parameters that are in an optimizer now."""
        found = {id(p) for holding in self.holdings for p in holding.parameters()}
        alive = [optimizer for entry in self.further if (optimizer := entry()) is not None]
        return found | {id(p) for optimizer in alive for group in optimizer.param_groups for p in group["params"]}

    def facts(self) -> dict[str, Any]:
        """The optimizers, in the order in which they were built."""
        if not self.holdings:
            return {}
        for holding in self.holdings:
            holding.catch_up()
        series: dict[str, Series] = {}
        for number, holding in enumerate(self.holdings):
            for name, entry in (("learning-rate", holding.rates), ("weight-norm", holding.norms)):
                if entry.last is not None:
                    series[f"optimizer{number}/{name}"] = entry.frozen()
        return {"optimizers": tuple(holding.facts(self.session.person) for holding in self.holdings), "series": series}
