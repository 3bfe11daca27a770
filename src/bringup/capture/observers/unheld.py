"""Parameters that a loss depends on and that no optimizer holds."""

import weakref
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from bringup.capture.events import Backward, ModelCall
from bringup.capture.observer import Observer
from bringup.capture.observers.optimizers import Optimizers
from bringup.capture.source.person import Place
from bringup.capture.torch.cuts import below
from bringup.capture.torch.tensors import tensors_in
from bringup.record import ParameterFacts

MOST = 2000
MOST_LOOKS = 12  # at all models, for the names of leaves that were not seen before
MOST_INPUTS = 1000
MOST_YOUNG = 200
RENEWED = 3


@dataclass(slots=True)
class Seen:
    """One leaf that no optimizer held when it was seen first."""

    leaf: weakref.ref[torch.Tensor]
    facts: ParameterFacts
    value: float
    passes: int = 0
    moved: bool = False


class Unheld(Observer):
    """Fills `unheld`: layers, and parameters alone, with a gradient and without an optimizer."""

    close_only = frozenset({"on_call"})
    in_windows = frozenset({"on_backward"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.seen: dict[int, Seen] = {}
        self.past: list[Seen] = []
        self.inputs: set[int] = set()
        self.built: dict[int, int] = {}
        self.inside = False
        self.young: list[nn.Module] = []  # built inside a model, and perhaps gone with the call
        self.optimizers = 0
        self.looks = 0
        self.peer: Optimizers | None = None

    def on_module(self, module: nn.Module) -> None:
        """Note before how many optimizers it was built."""
        if self.optimizers:
            self.built[id(module)] = self.optimizers
        if self.inside and len(self.young) < MOST_YOUNG:
            self.young.append(module)

    def on_optimizer(self, optimizer: torch.optim.Optimizer, place: Place | None) -> None:
        """Count."""
        del optimizer, place
        self.optimizers += 1

    def before_call(self, site: Any, module: Any, args: Any, kwargs: Any, detail: bool) -> None:
        """Note inputs that want a gradient: they are data."""
        del site, module, detail
        self.inside = True
        self.note_inputs((args, kwargs))

    def on_call(self, call: ModelCall) -> None:
        """It returned."""
        self.inside = False
        if not call.site.grad:
            self.young.clear()

    def note_inputs(self, values: Any) -> None:
        """Leaves at or below what a model is given."""
        wanting = [tensor for tensor in tensors_in(values) if tensor.requires_grad]
        if wanting and len(self.inputs) < MOST_INPUTS:
            self.inputs |= {id(t) for t in wanting if t.is_leaf} | below([t for t in wanting if t.grad_fn is not None][:4])

    def on_backward(self, event: Backward) -> None:
        """Look at the leaves of the loss."""
        if event.graph is not None and self.optimizers:
            self.look(event)
        self.young.clear()

    def look(self, event: Backward) -> None:
        """See `on_backward`."""
        assert event.graph is not None
        peer = self.peer = self.peer or next(entry for entry in self.session.observers if isinstance(entry, Optimizers))
        held, new = peer.held(), []
        for leaf in event.graph.leaves:
            known = self.seen.get(id(leaf))
            if id(leaf) in held or not leaf.requires_grad:
                self.seen.pop(id(leaf), None)
            elif known is not None and known.leaf() is leaf:
                known.passes += 1
                known.moved = known.moved or value_of(leaf) != known.value
            elif isinstance(leaf, nn.Parameter) or id(leaf) not in self.inputs:
                new.append(leaf)
        if new and self.looks < MOST_LOOKS and len(self.seen) < MOST:
            self.looks += 1
            self.take(new, peer)

    def take(self, leaves: list[torch.Tensor], peer: Optimizers) -> None:
        """Take in leaves that were not seen before."""
        peer.ownership.look()
        for facts, group in peer.ownership.describe(leaves):
            owner = peer.ownership.owners.get(id(group[0]))
            module = None if owner is None else owner.module
            if not isinstance(group[0], nn.Parameter) and not facts.hidden:
                continue  # a tensor of the program, which may be anything
            late = self.is_late(module)
            described = facts.model_copy(update={"after_optimizer": late, "tensors": 1})
            if late and owner is not None and self.is_late(owner.root):
                described = described.model_copy(update={"where": None})  # the whole model is new: the optimizer is to be moved
            for leaf in group:
                old = self.seen.get(id(leaf))
                if old is not None:
                    self.past.append(old)
                self.seen[id(leaf)] = Seen(weakref.ref(leaf), described, value_of(leaf), passes=1)

    def is_late(self, module: nn.Module | None) -> bool:
        """Whether a module was built after every optimizer."""
        return module is not None and self.built.get(id(module), 0) == self.optimizers

    def facts(self) -> dict[str, Any]:
        """One entry a layer."""
        if not self.optimizers or self.peer is None:
            return {}
        entries = [*self.past, *self.seen.values()]
        return {"unheld": (*lasting(entries), *renewed(entries))}


def lasting(entries: list[Seen]) -> list[ParameterFacts]:
    """Those that were there from pass to pass, by layer."""
    groups: dict[Any, list[Seen]] = {}
    for entry in entries:
        if entry.passes > 1:
            groups.setdefault((entry.facts.name, entry.facts.where), []).append(entry)
    return [
        group[0].facts.model_copy(
            update={
                "tensors": len(group),
                "passes": max(entry.passes for entry in group),
                "moved": any(entry.moved for entry in group),
            }
        )
        for group in groups.values()
    ]


def renewed(entries: list[Seen]) -> list[ParameterFacts]:
    """Those that were another one in each pass, by the line that built them."""
    groups: dict[Any, list[Seen]] = {}
    for entry in entries:
        if entry.passes == 1 and entry.facts.where is not None:
            groups.setdefault((entry.facts.where, entry.facts.kind), []).append(entry)
    found = []
    for group in groups.values():
        count = len({id(entry.facts) for entry in group})
        if count >= RENEWED:
            found.append(group[0].facts.model_copy(update={"renewed": count, "passes": count}))
    return found


def value_of(leaf: torch.Tensor) -> float:
    """A number that changes with the values."""
    return float(leaf.detach().double().sum()) if not leaf.is_sparse else 0.0
