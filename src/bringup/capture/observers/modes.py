"""Train and eval mode: in which of them a model is trained, and in which it is judged."""

import weakref
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from bringup.capture.events import Backward, ModelCall, Site, Step
from bringup.capture.observer import Observer
from bringup.capture.observers.optimizers import Optimizers
from bringup.capture.source.person import Place
from bringup.capture.torch.kinds import library_of
from bringup.capture.torch.rows import Rows
from bringup.capture.torch.tensors import first_tensor
from bringup.record import ModeFacts

MOST_SITES = 100
MOST_SWITCHES = 20
NAME = "modes"
LOOKED = 3  # calls in the wrong mode for which the line of the switch is looked up


@dataclass(slots=True)
class Noted:
    """What is noted of one place."""

    site: Site
    moded: list[nn.Module]
    dropout: int
    batch_norm: int
    probability: float = 0.0
    dropout_place: Place | None = None
    used: int = 0
    in_eval: int = 0  # of which the line of the switch is known
    judging: int = 0
    judging_in_train: int = 0
    last_input: tuple[int, int, Any] = (0, 0, None)
    fixed: bool = False
    repeated: int = 0
    known_rows: float = 0.0
    feeds: bool = False
    switched: Place | None = None
    looks: int = 0


class Modes(Observer):
    """Fills `modes`: one entry for each place that calls a model with dropout or batch norm."""

    close_only = frozenset({"after_backward"})
    in_windows = frozenset({"on_backward"})
    in_rows = frozenset({"on_call"})
    rests = True

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.noted: dict[int, Noted | None] = {}
        self.switches: list[tuple[weakref.ref[nn.Module], bool, Place | None]] = []
        self.rows: dict[int, Rows] = {}
        self.loaded: set[int] = set()
        self.waiting: dict[int, set[int]] = {}  # by optimizer: places whose gradient its next step will use
        self.clean: dict[int, int] = {}
        self.peer: Optimizers | None = None

    def on_mode(self, module: nn.Module, training: bool, place: Place | None) -> None:
        """Remember a switch."""
        self.switches = [*self.switches[-MOST_SWITCHES:], (weakref.ref(module), training, place)]

    def on_load(self, module: nn.Module) -> None:
        """Remember that its weights are no random numbers."""
        self.loaded.update(id(part) for part in module.modules())

    def on_call(self, call: ModelCall) -> None:
        """Note a call."""
        number = call.site.number
        if number not in self.noted:
            noted = self.begin(call) if len(self.noted) < MOST_SITES else None
            self.noted[number] = noted if noted is not None and noted.moded else None
        noted = self.noted[number]
        if noted is None:
            return
        call.site.remembered = True
        call.site.parts = not call.training and any_in_training(noted.moded, call)
        given = first_tensor(call.args, call.kwargs)
        if given is None or given.dim() == 0:
            return
        if call.site.trained:
            rows = self.rows.setdefault(call.site.root.number, Rows())
            if not rows.full:
                rows.add(given)
                call.site.wanted.add(NAME)
            else:
                call.site.wanted.discard(NAME)
        elif call.step:
            self.judge(noted, call, given)

    def begin(self, call: ModelCall) -> Noted:
        """Look at the model for layers to which the mode matters."""
        library = library_of(call.module)
        parts = [part for _, part in library.parts(call.module)]
        dropout = [part for part in parts if library.dropout(part) > 0]
        batch_norm = [part for part in parts if library.batch_norm(part)]
        noted = Noted(call.site, [*dropout, *batch_norm], len(dropout), len(batch_norm))
        strongest = max((part for part in dropout if library.is_dropout(part)), key=library.dropout, default=None)
        if strongest is not None:
            noted.probability = library.dropout(strongest)
            noted.dropout_place = self.session.creations.place(strongest)
        return noted

    def judge(self, noted: Noted, call: ModelCall, given: torch.Tensor) -> None:
        """Note a call that no gradient came from."""
        this = (given.data_ptr(), call.step, given.shape)
        if this[::2] == self.session.present.memory:
            return  # the batch that was just trained on
        before, noted.last_input = noted.last_input, this
        same = before[::2] == this[::2]
        noted.repeated += same and before[1] == call.step
        noted.fixed = noted.fixed or (same and before[1] != call.step)
        noted.judging += 1
        if not call.training or not any_in_training(noted.moded, call):
            return
        noted.judging_in_train += 1
        if noted.looks < LOOKED:
            noted.looks += 1
            noted.switched = self.switch(call.module, training=True)
            rows = self.rows.get(call.site.root.number)
            noted.known_rows = max(noted.known_rows, rows.share(given) if rows is not None else 0.0)

    def on_backward(self, event: Backward) -> None:
        """Look for the line that put a model into eval mode, and for models that go into each other."""
        for noted in self.noted.values():
            if noted is not None and noted.site.in_eval > noted.in_eval and (noted.switched is None or noted.looks < LOOKED):
                noted.in_eval = noted.site.in_eval
                noted.looks += 1
                noted.switched = self.switch_to_eval(noted)
        roots = [token.site.root.number for token in event.calls]
        for token in event.calls:
            noted = self.noted.get(token.site.number)
            if noted is not None and token.site.root.number != roots[0]:
                noted.feeds = True

    def after_backward(self, event: Backward) -> None:
        """Note whose gradient the next step of each optimizer will use: a pass that finds all cleared begins anew."""
        if not event.calls:
            return
        self.peer = self.peer or next(entry for entry in self.session.observers if isinstance(entry, Optimizers))
        sites = {token.site.number for token in event.calls}
        for number, holding in enumerate(self.peer.holdings):
            windows = holding.windows
            if not windows.looking or not windows.reached:
                continue
            if windows.clean != self.clean.get(number):
                self.waiting[number] = set()
            self.clean[number] = windows.clean
            self.waiting.setdefault(number, set()).update(sites)
            self.session.ask(self, for_more=True)

    def on_step(self, step: Step) -> None:
        """These gradients are used now."""
        if self.peer is None or not self.waiting:
            return
        for number, holding in enumerate(self.peer.holdings):
            if number in self.waiting and holding.reference() is step.optimizer:
                for site in self.waiting.pop(number):
                    noted = self.noted.get(site)
                    if noted is not None:
                        noted.used += 1
                self.clean.pop(number, None)
        self.session.ask(self, for_more=bool(self.waiting))

    def switch(self, root: nn.Module, *, training: bool) -> Place | None:
        """The last line that put a model into a mode: itself, what it is part of, or a part of it."""
        parts = {id(part) for part in root.modules()}
        for entry, mode, place in reversed(self.switches):
            module = entry()
            if module is None or mode is not training:
                continue
            if id(module) in parts or any(part is root for part in module.modules()):
                return place
        return None

    def switch_to_eval(self, noted: Noted) -> Place | None:
        """The last line that put the model of a place into eval mode."""
        root = noted.site.root.module()
        return noted.switched if root is None else self.switch(root, training=False)

    def facts(self) -> dict[str, Any]:
        """The places, in the order of their first calls."""
        kept = [noted for noted in self.noted.values() if noted is not None]
        return {"modes": tuple(self.frozen(noted) for noted in kept)} if self.noted else {}

    def frozen(self, noted: Noted) -> ModeFacts:
        """One place, as the record holds it."""
        site, where, root = noted.site, self.session.person.where, noted.site.root.module()
        trained = site.trained > 0
        if trained and site.in_eval and noted.switched is None:
            noted.switched = self.switch_to_eval(noted)
        return ModeFacts(
            site=site.number,
            where=where(site.places[0]) if site.places else None,
            model=site.root.name,
            model_number=site.root.number,
            grad=site.grad,
            dropout=noted.dropout,
            batch_norm=noted.batch_norm,
            probability=noted.probability,
            dropout_where=where(noted.dropout_place),
            used=noted.used,
            backwards=site.backwards if trained else 0,
            in_eval=site.in_eval if trained else 0,
            judging=0 if trained else noted.judging,
            judging_in_train=0 if trained else noted.judging_in_train,
            runs=site.runs - (site.first_step == 0),
            fixed=noted.fixed,
            repeated=noted.repeated,
            known_rows=noted.known_rows,
            feeds=noted.feeds,
            switched=where(noted.switched),
            loaded=root is not None and id(root) in self.loaded,
        )


def any_in_training(parts: list[nn.Module], call: ModelCall) -> bool:
    """Whether any of these parts of the model that is called is in train mode."""
    library = library_of(call.module)
    return any(library.in_training(part, call.training) for part in parts)
