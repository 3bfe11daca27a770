"""How far the gradient goes back in sequences: tried once for each model that leaves the graph, after its first step."""

from collections import Counter
from typing import Any

from bringup.capture.events import ModelCall, Operation, Step
from bringup.capture.observer import Observer
from bringup.capture.source.person import Place
from bringup.capture.torch.cuts import leaves_graph
from bringup.capture.torch.horizon import measure
from bringup.capture.torch.tensors import tensors_in
from bringup.record import HorizonFacts

MOST_MODELS = 4
LAST_STEP = 3  # after which nothing more is tried


class Horizons(Observer):
    """Fills `horizons`: one entry for each model of sequences that could be tried."""

    in_windows = frozenset({"on_call"})
    rests = True

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.seen: dict[int, ModelCall] = {}
        self.tried: set[int] = set()
        self.cuts: Counter[Place] = Counter()
        self.found: list[HorizonFacts] = []
        self.over = False

    def on_operation(self, operation: Operation) -> None:
        """Note where, inside of a model, the graph is left."""
        if self.over or not operation.inside_model or operation.place is None:
            return
        if any(tensor.grad_fn is not None for tensor in tensors_in(operation.args, 1)) and leaves_graph(operation):
            self.cuts[operation.place] += 1

    def on_call(self, call: ModelCall) -> None:
        """Remember a call."""
        root = call.site.root
        if not self.over and call.site.grad and root.number not in self.tried and root.plain:
            self.seen[root.number] = call

    def after_step(self, step: Step) -> None:
        """Try the models that were trained in this step."""
        if self.over:
            return
        for number, call in list(self.seen.items()):
            if self.cuts and call.site.trained and number not in self.tried and len(self.tried) < MOST_MODELS:
                self.tried.add(number)
                self.attempt(call)
        self.seen.clear()
        self.over = step.step >= LAST_STEP
        if self.over:
            self.session.leave(self, "on_call", "after_step")

    def attempt(self, call: ModelCall) -> None:
        """Measure, with all hooks at rest."""
        self.session.active = False
        try:
            measured = measure(call.module, call.args, call.kwargs)
        finally:
            self.session.active = True
        if measured is None:
            return
        steps, felt, reached = measured
        where = self.session.person.where
        line = self.cuts.most_common(1)[0][0] if felt > reached else None
        self.found.append(
            HorizonFacts(
                model=call.site.root.name,
                call=where(call.site.places[0]) if call.site.places else None,
                steps=steps,
                felt=felt,
                reached=reached,
                where=where(line),
            )
        )

    def facts(self) -> dict[str, Any]:
        """What was found."""
        return {"horizons": tuple(self.found)} if self.found else {}
