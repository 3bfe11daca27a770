"""Squared and absolute errors written by hand: the difference is seen when it is computed, the loss in the graph."""

from typing import Any

import torch

from bringup.capture.events import Backward, Operation
from bringup.capture.torch.activations import activation_of
from bringup.capture.torch.graph import children, name_of, saved, through_views, write
from bringup.capture.torch.judged import reach
from bringup.capture.torch.tensors import describe
from bringup.record import LossFacts

OPERANDS = "bringup-operands"
DIFFERENCES = frozenset({"sub", "__sub__", "rsub", "__rsub__", "subtract"})
MOST = 200  # differences that are looked at
MOST_FOUND = 20


class WrittenLosses:
    """Describes a difference of something computed and something given, and keeps it if it becomes a loss."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.looked = 0
        self.noted: dict[Any, LossFacts] = {}

    def on_operation(self, operation: Operation) -> None:
        """Describe a difference; what is known of it lives as long as its node in the graph."""
        if operation.name not in DIFFERENCES or operation.inside_model or self.looked >= MOST or len(operation.args) < 2:
            return
        node = getattr(operation.result, "grad_fn", None)
        one, other = operation.args[:2]
        if node is None or not isinstance(one, torch.Tensor) or not isinstance(other, torch.Tensor):
            return
        if one.requires_grad == other.requires_grad:
            return
        self.looked += 1
        write(node, OPERANDS, self.describe(*((one, other) if one.requires_grad else (other, one)), operation))

    def describe(self, judged: torch.Tensor, target: torch.Tensor, operation: Operation) -> LossFacts:
        """Describe it as a loss."""
        where = self.session.person.where
        given = describe(target)
        return LossFacts(
            function="mse_loss",
            written=True,
            where=where(operation.place),
            input=describe(judged),
            target=given,
            options={},
            activation=activation_of(judged, where),
            output_shape=tuple(operation.result.shape),
            step=operation.step,
            reach=reach(judged, target),
            target_minimum=given.minimum,
            target_maximum=given.maximum,
            target_whole=given.whole,
        )

    def on_backward(self, event: Backward) -> None:
        """Keep the differences that the loss squares, or takes the absolute value of."""
        if event.graph is None or len(self.noted) >= MOST_FOUND:
            return
        for node in event.graph.head():
            function = error_of(node)
            facts = below(node) if function else None
            if facts is None:
                continue
            key = (facts.where, function)
            before = self.noted.get(key, facts)
            self.noted[key] = facts.model_copy(
                update={"function": function, "training": before.training + 1, "calls": before.calls + 1}
            )

    def found(self) -> tuple[LossFacts, ...]:
        """All of them."""
        return tuple(self.noted.values())


def error_of(node: Any) -> str:
    """The loss function that a node amounts to: "mse_loss", "l1_loss" or ""."""
    name = name_of(node)
    if name == "AbsBackward0":
        return "l1_loss"
    if name == "PowBackward0" and saved(node, "exponent") == 2:
        return "mse_loss"
    if name == "MulBackward0":
        parts = children(node)
        return "mse_loss" if len(parts) == 2 and parts[0] is parts[1] else ""
    return ""


def below(node: Any) -> LossFacts | None:
    """The difference that a node works on, if it was described."""
    current = through_views(children(node)[0]) if children(node) else None
    found: LossFacts | None = None if current is None else current.metadata.get(OPERANDS)
    return found
