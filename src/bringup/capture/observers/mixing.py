"""Whether the examples of a batch reach each other's outputs: tried once for each model, after the first step."""

from dataclasses import dataclass
from typing import Any

from torch import nn

from bringup.capture.events import Backward, Batch, LossCall, ModelCall, Step
from bringup.capture.observer import Observer
from bringup.capture.source.person import Place
from bringup.capture.torch.graph import axis_of, place_of, shape_of
from bringup.capture.torch.mixing import Mixed, Sequence, batch_axis, measure
from bringup.capture.torch.patterns import SOFTMAX
from bringup.capture.torch.tensors import first_tensor, tensors_in
from bringup.record import MixingFacts

MOST_MODELS = 4
LAST_STEP = 3  # after which nothing more is tried


@dataclass
class Seen:
    """The last call of a model before the first step."""

    call: ModelCall
    rows: int | None = None
    softmax: Place | None = None


class Mixing(Observer):
    """Fills `mixing`: one entry for each model that could be tried."""

    close_only = frozenset({"on_backward"})
    in_windows = frozenset({"on_call", "on_loss"})
    rests = True

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.seen: dict[int, Seen] = {}
        self.tried: set[int] = set()
        self.found: list[MixingFacts] = []
        self.built: dict[str, Place] = {}
        self.batch: int | None = None
        self.over = False

    def on_module(self, module: Any) -> None:
        """Remember where layers that read sequences are built."""
        if isinstance(
            module,
            nn.RNNBase | nn.MultiheadAttention | nn.TransformerEncoderLayer | nn.TransformerDecoderLayer | nn.Transformer,
        ):
            place = self.session.person.place(4)
            if place is not None:
                self.built.setdefault(type(module).__name__, place)

    def on_batch(self, batch: Batch) -> None:
        """Remember how many examples a batch has."""
        if not self.over:
            self.batch = getattr(batch.loader, "batch_size", None)

    def on_call(self, call: ModelCall) -> None:
        """Remember a call."""
        number = call.site.root.number
        if (
            self.over
            or not call.site.grad
            or number in self.tried
            or not call.site.root.plain
            or len(self.tried) >= MOST_MODELS
        ):
            return
        self.seen[number] = Seen(call, rows_of(call, self.batch))

    def on_loss(self, loss: LossCall) -> None:
        """One target for each example tells how many there are."""
        if self.over or not loss.trains:
            return
        target = first_tensor(loss.target)
        for seen in self.seen.values():
            if seen.rows is None and target is not None and target.dim() == 1 and fits(seen.call, len(target)):
                seen.rows = len(target)

    def on_backward(self, event: Backward) -> None:
        """Look for a softmax over the examples while its line is known."""
        if self.over or event.graph is None:
            return
        for node in event.graph.named(*SOFTMAX):
            for seen in self.seen.values():
                shape = shape_of(node)
                if axis_of(node) == 0 and len(shape) > 1 and shape[0] == seen.rows and seen.softmax is None:
                    seen.softmax = place_of(node)

    def after_step(self, step: Step) -> None:
        """Try the models that were trained in this step."""
        if self.over:
            return
        self.over = step.step >= LAST_STEP
        if self.over:
            self.session.leave(self, "on_call", "on_loss", "on_backward", "on_batch", "after_step")
        for number, seen in list(self.seen.items()):
            if seen.rows is not None and seen.call.site.trained and number not in self.tried:
                self.tried.add(number)
                self.attempt(seen, seen.rows)
        self.seen.clear()

    def attempt(self, seen: Seen, rows: int) -> None:
        """Measure, with all hooks at rest."""
        self.session.active = False
        try:
            mixed = measure(seen.call.module, seen.call.args, seen.call.kwargs, rows)
        finally:
            self.session.active = True
        if mixed is not None:
            self.found.append(self.describe(seen, rows, mixed))

    def describe(self, seen: Seen, rows: int, mixed: Mixed) -> MixingFacts:
        """What was found, and where it comes from."""
        where = self.session.person.where
        layer = next((layer for layer in mixed.layers if crossed(layer, rows)), None) if mixed.reached else None
        given = next(
            (tensor for tensor in tensors_in((seen.call.args, seen.call.kwargs)) if batch_axis(tensor, rows) is not None), None
        )
        facts: dict[str, Any] = {}
        if layer is not None:
            facts = {
                "layer": layer.kind,
                "layer_shape": layer.shape,
                "batch_first": layer.batch_first,
                "reason": "sequence-axis",
                "where": where(self.built.get(layer.kind)),
            }
        elif mixed.reached and seen.softmax is not None:
            facts = {"reason": "softmax", "where": where(seen.softmax)}
        return MixingFacts(
            model=seen.call.site.root.name,
            call=where(seen.call.site.places[0]) if seen.call.site.places else None,
            rows=rows,
            reached=mixed.reached,
            input_shape=() if given is None else tuple(given.shape),
            output_shape=mixed.output_shape,
            batch_axis=mixed.batch_axis,
            **facts,
        )

    def facts(self) -> dict[str, Any]:
        """What was found."""
        return {"mixing": tuple(self.found)} if self.tried else {}


def rows_of(call: ModelCall, batch: int | None) -> int | None:
    """How many examples a call has: as many as the loader gives at a time, else the rows of an output of two axes."""
    if batch is not None and fits(call, batch):
        return batch
    output = first_tensor(call.output)
    if output is not None and output.dim() in (1, 2) and fits(call, len(output)):
        return len(output)
    return None


def fits(call: ModelCall, rows: int) -> bool:
    """Whether an input of the model has that many examples, along one axis."""
    return any(batch_axis(tensor, rows) is not None for tensor in tensors_in((call.args, call.kwargs)))


def crossed(layer: Sequence, rows: int) -> bool:
    """Whether a layer takes the examples for the steps of a sequence."""
    shape = layer.shape
    if len(shape) == 2:
        return shape[0] == rows
    if len(shape) != 3:
        return False
    steps, examples = (1, 0) if layer.batch_first else (0, 1)
    return shape[steps] == rows and shape[examples] != rows
