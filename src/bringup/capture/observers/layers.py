"""How rows enter a model, and how wide its layers are."""

from typing import Any

import torch
from torch import nn

from bringup.capture.events import ModelCall, Operation, Root, Site
from bringup.capture.observer import Observer
from bringup.capture.source.syntax import line_of_number
from bringup.capture.torch.kinds import library_of
from bringup.capture.torch.tensors import describe, first_tensor
from bringup.record import CriterionFacts, FirstLayerFacts, WidthFacts

WEIGHTED = frozenset(
    {"linear", "conv1d", "conv2d", "conv3d", "embedding", "embedding_bag", "lstm", "gru", "rnn_tanh", "rnn_relu", "bilinear"}
    | {"conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "multi_head_attention_forward", "lstm_cell", "gru_cell"}
    | {"matmul", "__matmul__", "mm", "addmm", "einsum", "bmm"}
)
NORMS = frozenset({"batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm"})
MOST_LAYERS = 200
MOST_CRITERIA = 50
CRITERIA: dict[type[nn.Module], str] = {
    nn.CrossEntropyLoss: "cross_entropy",
    nn.NLLLoss: "nll_loss",
    nn.BCELoss: "binary_cross_entropy",
    nn.BCEWithLogitsLoss: "binary_cross_entropy_with_logits",
    nn.MSELoss: "mse_loss",
    nn.L1Loss: "l1_loss",
    nn.SmoothL1Loss: "smooth_l1_loss",
    nn.HuberLoss: "huber_loss",
}


class Layers(Observer):
    """Fills `first_layers`, `widths` and `criteria`."""

    close_only = frozenset({"on_call"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.first: dict[int, FirstLayerFacts] = {}
        self.open: Site | None = None
        self.given: torch.Tensor | None = None
        self.widths: list[tuple[int, str, int, int, bool, Any]] = []
        self.criteria: list[tuple[str, Any]] = []
        self.traced: dict[Any, Any] = {}

    def on_module(self, module: Any) -> None:
        """Note the line of a loss."""
        function = CRITERIA.get(type(module))
        if function is not None and len(self.criteria) < MOST_CRITERIA:
            self.criteria.append((function, self.session.creations.place(module)))

    def on_root(self, root: Root, module: Any) -> None:
        """Note the widths of its fully-connected layers."""
        library = library_of(module)
        weighted = [entry for entry in library.parts(module) if any(p.dim() > 1 for _, p in library.parameters(entry[1]))]
        dense = [(name, part, sizes) for name, part in weighted if (sizes := library.dense(part)) is not None]
        last = weighted[-1][1] if weighted else None
        for name, part, (inputs, outputs) in dense[: MOST_LAYERS - len(self.widths)]:
            places = self.session.creations.places(part)
            self.widths.append((root.number, name, inputs, outputs, part is last, places))

    def before_call(self, site: Site, module: Any, args: Any, kwargs: Any, detail: bool) -> None:
        """Wait for the first operation with weights."""
        del module, detail
        self.open = site if site.number not in self.first else None
        self.given = first_tensor(args, kwargs) if self.open is not None else None

    def on_operation(self, operation: Operation) -> None:
        """Look at the first operation with weights, and whether a normalisation follows."""
        site = self.open
        if site is None or not operation.inside_model:
            return
        known = self.first.get(site.number)
        if operation.name in WEIGHTED:
            if known is not None:
                self.open = None
                return
            self.first[site.number] = self.look(site, operation)
        elif known is not None and operation.name in NORMS:
            self.first[site.number] = known.model_copy(update={"normalised": True})
            self.open = None

    def look(self, site: Site, operation: Operation) -> FirstLayerFacts:
        """Describe the first operation with weights."""
        tensors = [value for value in operation.args[:2] if isinstance(value, torch.Tensor)]
        given = tensors[0] if tensors else None
        if operation.name == "embedding" and given is not None and given.is_floating_point():
            tensors.reverse()  # torch.embedding takes the weight first
            given = tensors[0]
        return FirstLayerFacts(
            site=site.number,
            function=operation.name,
            where=self.session.person.where(operation.place),
            input=describe(given),
            weight=tuple(tensors[1].shape) if len(tensors) > 1 else (),
            as_given=given is not None and self.given is not None and same_values(given, self.given),
        )

    def on_call(self, call: ModelCall) -> None:
        """The call is over."""
        del call
        self.open = self.given = None

    def facts(self) -> dict[str, Any]:
        """The three sections, those left out of which nothing was seen."""
        where = self.session.person.where
        widths = tuple(
            WidthFacts(
                model_number=number,
                name=name,
                inputs=inputs,
                outputs=outputs,
                last=last,
                where=where(places[0]) if places else None,
                outputs_where=where(self.trace(places, outputs)),
            )
            for number, name, inputs, outputs, last, places in self.widths
        )
        criteria = tuple(CriterionFacts(function=function, where=where(place)) for function, place in self.criteria)
        found = {"first_layers": tuple(self.first.values()), "widths": widths, "criteria": criteria}
        return {name: value for name, value in found.items() if value}

    def trace(self, places: Any, outputs: int) -> Any:
        """The line where a width is written down; read once, since facts are asked for again and again."""
        key = (places, outputs)
        if key not in self.traced:
            self.traced[key] = line_of_number(places, outputs)
        return self.traced[key]


def same_values(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two tensors hold the same numbers, in whatever shape or type: told by their range."""
    if one.untyped_storage().data_ptr() == other.untyped_storage().data_ptr():
        return True
    if one.numel() != other.numel() or one.numel() == 0:
        return False
    one, other = one.detach(), other.detach()
    lows, highs = (one.min(), other.min()), (one.max(), other.max())
    return all(abs(float(a) - float(b)) <= 1e-6 * max(1.0, abs(float(a))) for a, b in (lows, highs))
