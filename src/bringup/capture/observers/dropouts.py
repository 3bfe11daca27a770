"""Dropouts that work in eval mode, and batch norms whose running statistics are of no use."""

from collections import Counter
from statistics import median
from typing import Any, Literal

import torch
from torch import nn

from bringup.capture.events import Dropout, ModelCall, Operation
from bringup.capture.observer import Observer
from bringup.capture.source.arguments import argument_lines
from bringup.capture.source.person import Place
from bringup.record import DropoutFacts, NormFacts

MOST = 50
LOOKS = 5  # of each place
SETTLED = 3  # steps before batch norms are looked at
Reason = Literal["function", "unregistered"]


class Dropouts(Observer):
    """Fills `dropouts` and `norms`."""

    in_windows = frozenset({"on_call"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.found: dict[tuple[Place | None, str, float, Reason], list[int]] = {}
        self.calls: Counter[tuple[Place | None, str]] = Counter()
        self.reasons: dict[tuple[Place | None, str], Reason | None] = {}
        self.norms: dict[int, NormFacts] = {}
        self.seen: set[tuple[int, bool]] = set()
        self.last: dict[int, tuple[int, int]] = {}
        self.repeated: Counter[int] = Counter()
        self.looked = False
        self.sizes: dict[int, list[int]] = {}  # values per channel, by running mean
        self.loader: Place | None = None

    def on_dropout(self, dropout: Dropout) -> None:
        """Note a dropout, but for one that was switched on by hand: its layer is part of the model, which the mode reached."""
        key = (dropout.place, dropout.function)
        if self.calls[key] < LOOKS:
            self.reasons[key] = reason_of(dropout)
        self.calls[key] += 1
        reason = self.reasons[key]
        if reason is None or not dropout.step:
            return
        entry = self.found.setdefault(
            (dropout.place, dropout.function, float(dropout.probability), reason), [0, id(dropout.root)]
        )
        entry[0] += 1

    def on_operation(self, operation: Operation) -> None:
        """Note how many values a batch norm has for each channel, in a call with gradients on."""
        if operation.name != "batch_norm" or not operation.inside_model or len(operation.args) < 3:
            return
        given, mean = operation.args[0], operation.args[1]
        if not isinstance(mean, torch.Tensor) or not operation.kwargs.get("training") or not torch.is_grad_enabled():
            return
        if given.dim() > 1 and given.shape[1]:
            sizes = self.sizes.setdefault(id(mean), [])
            if len(sizes) < MOST:
                sizes.append(given.numel() // given.shape[1])

    def on_loader(self, loader: Any, place: Place | None) -> None:
        """Remember where the loader was built: the first one is most often that of the training."""
        built = self.session.creations.place(loader)
        if self.loader is None and built is not None:
            self.loader = built[0], argument_lines(built).get("batch_size", built[1])
        del place

    def on_call(self, call: ModelCall) -> None:
        """Look at the norms of each model in each mode, once; and see whether a model is asked the same again and again."""
        self.looked = True
        module, step = call.module, call.step
        if not call.training and call.args and hasattr(call.args[0], "data_ptr"):
            this = (call.args[0].data_ptr(), step)
            self.repeated[id(module)] += self.last.get(id(module)) == this
            self.last[id(module)] = this
        key = (call.site.root.number, call.training)
        if key in self.seen or step < SETTLED or not (step or call.site.trained):
            return
        self.seen.add(key)
        for name, part in module.named_modules():
            if isinstance(part, nn.modules.batchnorm._BatchNorm) and part.track_running_stats and part.momentum is not None:
                self.note(name, part, trained=call.site.trained > 0)

    def note(self, name: str, part: nn.Module, *, trained: bool) -> None:
        """Note the mode of a norm."""
        if id(part) not in self.norms and len(self.norms) < MOST:
            where = self.session.person.where(self.session.creations.place(part))
            self.norms[id(part)] = NormFacts(name=name, where=where, momentum=float(part.momentum))  # type: ignore[arg-type]
        facts = self.norms.get(id(part))
        if facts is not None:
            update: dict[str, Any] = {"trained": True} if part.training and trained else {}
            update |= {"judged": True} if not part.training and facts.trained else {}
            sizes = self.sizes.get(id(part.running_mean))
            if sizes and facts.values is None:
                update |= {"values": int(median(sizes)), "batch_where": self.session.person.where(self.loader)}
            self.norms[id(part)] = facts.model_copy(update=update)

    def facts(self) -> dict[str, Any]:
        """What was found."""
        where = self.session.person.where
        dropouts = tuple(
            DropoutFacts(
                function=function, probability=p, calls=calls, reason=reason, where=where(place), repeated=self.repeated[root]
            )
            for (place, function, p, reason), (calls, root) in list(self.found.items())[:MOST]
        )
        norms = {"norms": tuple(self.norms.values())} if self.norms else {}
        return {"dropouts": dropouts, **norms} if self.looked else {}


def reason_of(dropout: Dropout) -> Reason | None:
    """Why a dropout works in eval mode; None where its layer was put into train mode on purpose."""
    if dropout.layer is None:
        return "function"
    known = any(part is dropout.layer for part in dropout.root.modules())
    return None if known else "unregistered"
