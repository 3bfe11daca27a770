"""What goes into the loss."""

from dataclasses import dataclass
from itertools import islice
from typing import Any
from weakref import ReferenceType, ref

import torch

from bringup.capture.events import Backward, LossCall, ModelCall, Operation, Tally
from bringup.capture.observer import Observer
from bringup.capture.observers.written_losses import WrittenLosses
from bringup.capture.torch.activations import activation_of
from bringup.capture.torch.judged import OVER_CLASSES, class_facts, joined, reach
from bringup.capture.torch.padding import padding
from bringup.capture.torch.tensors import describe, ends_of, tensors_in
from bringup.record import LossFacts

MOST = 50
MOST_INPUTS = 4
LOOKS = 7  # calls of each place that are looked at


@dataclass(slots=True)
class Noted:
    """One place of a loss."""

    facts: LossFacts
    tally: Tally
    trains: bool
    looks: int = 0


class Losses(Observer):
    """Fills `losses`: one entry for each place, call path and function, errors written by hand among them."""

    close_only = frozenset({"on_call", "on_backward"})
    in_windows = frozenset({"on_loss"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.noted: dict[Any, Noted] = {}
        self.written = WrittenLosses(session)
        self.given: list[ReferenceType[torch.Tensor]] = []

    def on_call(self, call: ModelCall) -> None:
        """Remember the inputs of the model."""
        if call.detail:
            self.given = [ref(given) for given in islice(tensors_in((call.args, call.kwargs)), MOST_INPUTS)]

    def on_operation(self, operation: Operation) -> None:
        """See differences of outputs and targets."""
        self.written.on_operation(operation)

    def on_backward(self, event: Backward) -> None:
        """Find those that became a loss."""
        self.written.on_backward(event)

    def on_loss(self, loss: LossCall) -> None:
        """Note a call of a loss function."""
        key = (loss.function, loss.places, loss.trains)
        noted = self.noted.get(key)
        if noted is None:
            if len(self.noted) >= MOST:
                return
            noted = self.noted[key] = Noted(self.look(loss), loss.tally, loss.trains)
        elif loss.detail and noted.looks < LOOKS:
            noted.facts = self.look_again(noted.facts, loss)
        noted.looks += loss.detail

    def look(self, loss: LossCall) -> LossFacts:
        """Look closely."""
        where = self.session.person.where
        target = describe(loss.target)
        return LossFacts(
            function=loss.function,
            where=where(loss.place),
            callers=tuple(place for place in map(where, loss.places[1:]) if place is not None),
            input=describe(loss.input),
            target=target,
            options={name: plain_option(value) for name, value in loss.options.items()},
            activation=activation_of(loss.input, where),
            value=value_of(loss.output),
            output_shape=tuple(loss.output.shape) if isinstance(loss.output, torch.Tensor) else (),
            failed=loss.output is None,
            step=loss.step,
            classes=class_facts(loss.function, loss.input),
            target_classes=class_facts(loss.function, loss.target),
            reach=reach(loss.input, loss.target) if isinstance(loss.input, torch.Tensor) else None,
            padding=self.padding(loss),
            target_minimum=target.minimum,
            target_maximum=target.maximum,
            target_whole=target.whole,
        )

    def look_again(self, facts: LossFacts, loss: LossCall) -> LossFacts:
        """Widen the ranges by what a later call shows."""
        update: dict[str, Any] = {
            "classes": joined(facts.classes, class_facts(loss.function, loss.input)),
            "target_classes": joined(facts.target_classes, class_facts(loss.function, loss.target)),
        }
        ends = ends_of(loss.target)
        if ends is not None and facts.target_minimum is not None:
            low, high, whole = ends
            update["target_whole"] = facts.target_whole and whole
            update["target_minimum"] = min(facts.target_minimum, low)
            update["target_maximum"] = max(facts.target_maximum or high, high)
        if facts.padding is not None:
            again = self.padding(loss)
            update["padding"] = facts.padding if again is not None and again.value == facts.padding.value else None
        return facts.model_copy(update=update)

    def padding(self, loss: LossCall) -> Any:
        """The padding of the targets."""
        if loss.function not in OVER_CLASSES or not loss.trains:
            return None
        alive = [given for reference in self.given if (given := reference()) is not None]
        return padding(loss.input, loss.target, alive, loss.options)

    def facts(self) -> dict[str, Any]:
        """The places, in the order of their first calls."""
        called = tuple(noted.facts.model_copy(update=counts(noted)) for noted in self.noted.values())
        found = called + self.written.found()
        return {"losses": found} if found else {}


def counts(noted: Noted) -> dict[str, int]:
    """How often the function was called from this place, with gradients or without."""
    tally = noted.tally
    if noted.trains:
        return {"calls": tally.training, "training": tally.training}
    return {"calls": tally.calls - tally.training, "training": 0}


def plain_option(value: Any) -> Any:
    """An argument as the record can hold it: numbers and words as they are, a tensor by its shape."""
    if isinstance(value, torch.Tensor):
        return f"tensor of shape {tuple(value.shape)}"
    return value if value is None or isinstance(value, bool | int | float | str) else type(value).__name__


def value_of(output: Any) -> float | None:
    """The value of a loss, its mean where it is not reduced."""
    if not isinstance(output, torch.Tensor) or output.numel() == 0:
        return None
    return float(output.detach().double().mean())
