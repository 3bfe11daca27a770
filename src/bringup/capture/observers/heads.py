"""The last layers of models: whether they are trained, or at least hold more than random numbers."""

import weakref
from typing import Any

from torch import nn

from bringup.capture.events import ModelCall, Step
from bringup.capture.observer import Observer
from bringup.capture.observers.optimizers import Optimizers
from bringup.capture.torch.kinds import library_of
from bringup.record import HeadFacts

LOOK = 4  # the step at which a model is looked at: by then a head was replaced and an optimizer built
MOST_MODELS = 20


class Heads(Observer):
    """Fills `heads`: of each model that is trained, the last layer with weights, as it is some steps into its training."""

    in_windows = frozenset({"on_call", "after_step"})  # of which the first step of a further optimizer is one

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.models: dict[int, weakref.ref[nn.Module]] = {}
        self.found: dict[tuple[int, int], HeadFacts] = {}  # by model and layer

    def on_call(self, call: ModelCall) -> None:
        """Remember models that are trained, and look at each again now and then: a head may be replaced."""
        if call.site.grad and call.site.trained and len(self.models) < MOST_MODELS:
            self.models.setdefault(call.site.root.number, weakref.ref(call.module))

    def after_step(self, step: Step) -> None:
        """Look at the models while this optimizer trains them."""
        begins = step.entry is not None and not step.entry.steps
        if step.step < LOOK or not (step.detail or begins):
            return
        held = {id(p) for group in step.optimizer.param_groups for p in group["params"]}
        for number, reference in self.models.items():
            module = reference()
            if module is not None:
                self.look(number, module, held)

    def look(self, number: int, model: nn.Module, held: set[int]) -> None:
        """Look at the last layer of a model that this optimizer trains."""
        library = library_of(model)
        parts = [(name, part) for name, part in library.parts(model) if any(p.dim() > 1 for _, p in library.parameters(part))]
        if not parts or not any(id(p) in held for _, part in library.parts(model) for _, p in library.parameters(part)):
            return
        name, last = parts[-1]
        if library.dense(last) is None or (number, id(last)) in self.found:
            return
        peer = next(entry for entry in self.session.observers if isinstance(entry, Optimizers))
        own = [p for _, p in library.parameters(last)]
        self.found[number, id(last)] = HeadFacts(
            model_number=number,
            name=name,
            where=self.session.person.where(self.session.creations.place(last)),
            frozen=not any(p.requires_grad for p in own),
            known=any(peer.ownership.is_loaded(p) for p in own),
        )

    def facts(self) -> dict[str, Any]:
        """The heads, in the order in which they were seen."""
        return {"heads": tuple(self.found.values())} if self.found else {}
