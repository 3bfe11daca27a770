"""Copies of a model that is trained, which go on beside it: do they follow it?"""

import weakref
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from bringup.capture.events import ModelCall, Root, Step
from bringup.capture.observer import Observer
from bringup.capture.observers.optimizers import Optimizers
from bringup.capture.source.person import Place
from bringup.capture.torch.norms import norms
from bringup.capture.torch.tensors import first_tensor
from bringup.record import CopyFacts

MOST = 20  # models
MOST_VALUES = 20_000_000  # of one


@dataclass(slots=True)
class Pair:
    """A model that is trained, and one that had the same weights before the first step."""

    model: int
    copy: int
    sizes: list[float]
    looks: int = 0
    steps: int = 0
    moved: bool = False
    compared: int = 0
    alike: int = 0
    calls: int = 0
    call: Place | None = None


class Copies(Observer):
    """Fills `copies`: one entry for each copy that no optimizer trains and that is called between steps."""

    close_only = frozenset({"on_step"})
    in_windows = frozenset({"on_call", "after_step"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.roots: dict[int, tuple[Root, weakref.ref[nn.Module]]] = {}
        self.pairs: list[Pair] | None = None
        self.given: dict[int, tuple[int, torch.Tensor]] = {}  # by model: the step of its last call, and what it got

    def on_root(self, root: Root, module: nn.Module) -> None:
        """Take in a model."""
        if root.plain and len(self.roots) < MOST and not isinstance(module, torch.jit.ScriptModule):
            self.roots[root.number] = root, weakref.ref(module)

    def on_step(self, step: Step) -> None:
        """Before the first step: which models have the same weights?"""
        if self.pairs is None:
            self.pairs = self.found(step)
            if not self.pairs:
                self.session.leave(self, "on_root", "on_call", "on_step", "after_step")

    def found(self, step: Step) -> list[Pair]:
        """The copies of what this optimizer trains."""
        held = {id(p) for group in step.optimizer.param_groups for p in group["params"]}
        peer = next((entry for entry in self.session.observers if isinstance(entry, Optimizers)), None)
        others = held if peer is None else held | peer.held()
        looked = {number: self.look(number) for number in self.roots} if len(self.roots) > 1 else {}
        trained = [number for number, entry in looked.items() if entry is not None and entry[0] & held]
        kept = [number for number, entry in looked.items() if entry is not None and not entry[0] & others]
        return [
            Pair(number, other, looked[other][2])  # type: ignore[index] - those that are None are left out
            for other in kept
            for number in trained
            if looked[number][1:] == looked[other][1:]  # type: ignore[index]
        ]

    def look(self, number: int) -> tuple[set[int], tuple[Any, ...], list[float]] | None:
        """The identities of a model's parameters, their shapes, and their sizes."""
        module = self.roots[number][1]()
        weights = [] if module is None else list(module.parameters())
        if not weights or sum(weight.numel() for weight in weights) > MOST_VALUES or any(w.is_meta for w in weights):
            return None
        return {id(w) for w in weights}, (type(module), *(w.shape for w in weights)), norms([w.detach() for w in weights])

    def on_call(self, call: ModelCall) -> None:
        """Compare what a copy gets with what its model is trained on in the same step."""
        number, first = call.site.root.number, first_tensor(call.args, call.kwargs)
        for pair in self.pairs or ():
            if number == pair.copy:
                pair.calls += 1
                pair.call = call.site.places[0] if call.site.places else pair.call
            elif number != pair.model or not call.site.trained:
                continue
            if first is not None:
                self.given[number] = call.step, first.detach()
            model, copy = self.given.get(pair.model), self.given.get(pair.copy)
            if model is not None and copy is not None and model[0] == copy[0]:
                pair.compared += 1
                pair.alike += model[1].shape == copy[1].shape and torch.equal(model[1], copy[1])

    def after_step(self, step: Step) -> None:
        """See whether the copies have moved since."""
        self.given.clear()  # a batch must not live longer than without us
        if not step.detail:
            return
        for pair in self.pairs or ():
            now = self.look(pair.copy)
            if now is not None and not pair.moved:
                pair.looks += 1
                pair.steps = step.step + 1
                pair.moved = now[2] != pair.sizes

    def facts(self) -> dict[str, Any]:
        """The copies that are called."""
        where = self.session.person.where
        found = [
            CopyFacts(
                model=self.roots[pair.model][0].name,
                where=where(pair.call),
                calls=pair.calls,
                looks=pair.looks,
                steps=pair.steps,
                moved=pair.moved,
                same_inputs=2 * pair.alike > pair.compared,
            )
            for pair in self.pairs or ()
        ]
        return {"copies": tuple(found)} if found else {}
