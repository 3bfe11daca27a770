"""What goes into the loss."""

from dataclasses import dataclass
from typing import Any

import torch

from bringup.capture.events import LossCall
from bringup.capture.observer import Observer
from bringup.capture.torch.graph import ACTIVATIONS, activation_above, axis_of, name_of, place_of, shape_of
from bringup.capture.torch.tensors import describe
from bringup.record import ActivationFacts, LossFacts

MOST = 50
LOOKS = 3  # calls of each place that are looked at


@dataclass(slots=True)
class Noted:
    """One place of a loss."""

    facts: LossFacts
    calls: int = 0
    training: int = 0
    looks: int = 0


class Losses(Observer):
    """Fills `losses`: one entry for each place, call path and function."""

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.noted: dict[Any, Noted] = {}

    def on_loss(self, loss: LossCall) -> None:
        """Note a call of a loss function."""
        key = (loss.function, loss.places, loss.trains)
        noted = self.noted.get(key)
        if noted is None:
            if len(self.noted) >= MOST:
                return
            noted = self.noted[key] = Noted(self.look(loss))
        noted.calls += 1
        noted.training += loss.trains

    def look(self, loss: LossCall) -> LossFacts:
        """Look closely."""
        where = self.session.person.where
        return LossFacts(
            function=loss.function,
            where=where(loss.place),
            callers=tuple(place for place in map(where, loss.places[1:]) if place is not None),
            input=describe(loss.input),
            target=describe(loss.target),
            options={name: plain_option(value) for name, value in loss.options.items()},
            activation=self.activation(loss.input),
            value=value_of(loss.output),
            output_shape=tuple(loss.output.shape) if isinstance(loss.output, torch.Tensor) else (),
            failed=loss.output is None,
            step=loss.step,
        )

    def activation(self, tensor: Any) -> ActivationFacts | None:
        """The activation function that made the input of the loss."""
        if not isinstance(tensor, torch.Tensor):
            return None
        node = activation_above(tensor)
        if node is None:
            return None
        return ActivationFacts(
            kind=ACTIVATIONS[name_of(node)],
            axis=axis_of(node),
            shape=shape_of(node),
            where=self.session.person.where(place_of(node)),
        )

    def facts(self) -> dict[str, Any]:
        """The places, in the order of their first calls."""
        if not self.noted:
            return {}
        return {
            "losses": tuple(
                noted.facts.model_copy(update={"calls": noted.calls, "training": noted.training})
                for noted in self.noted.values()
            )
        }


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
