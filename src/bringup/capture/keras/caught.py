"""What failed inside of Keras, noted as the exception passes: Keras takes frames out of tracebacks, and makes new ones."""

from typing import TYPE_CHECKING, Any

import torch

from bringup.capture.torch.tensors import describe, first_tensor
from bringup.record import FailedLayerFacts, FailureFacts, LayerFacts, OperandFacts, TensorFacts

if TYPE_CHECKING:
    from bringup.capture.session import Session

MOST_TEXT = 200  # of a message, by which an exception is known again


class Caught:
    """The innermost loss or layer of Keras that an exception came through."""

    def __init__(self, session: "Session") -> None:
        self.session = session
        self.text = ""
        self.update: dict[str, Any] = {}

    def is_new(self, error: BaseException) -> bool:
        """Whether this exception did not come through anything further inside."""
        return not (self.text and self.text in str(error))

    def loss(self, error: BaseException, name: str, given: Any, target: Any, place: Any) -> None:
        """An exception left a loss."""
        if not self.is_new(error):
            return
        operands = (
            OperandFacts(name="input", tensor=described(given)),
            OperandFacts(name="target", tensor=described(target)),
        )
        where = self.session.person.where(place)
        self.note(error, during="loss", operation=name, operands=operands, where=where, library="keras")

    def layer(self, error: BaseException, layer: Any, args: Any, kwargs: Any) -> None:
        """An exception left a layer."""
        if not self.is_new(error) or self.session.person.owns_class(type(layer)):
            return
        person, places = self.session.person, self.session.creations.places(layer)
        built = tuple(where for place in places if (where := person.where(place)) is not None)
        given = first_of(args, kwargs)
        facts = LayerFacts(
            name=layer.name,
            kind=type(layer).__name__,
            input_shape=given.shape,
            output_shape=(),
            dtype=given.dtype,
            parameters=0,
            bytes=0,
            where=built[0] if built else None,
        )
        failed = FailedLayerFacts(facts=facts, built_by=built[1:])
        operands = (OperandFacts(name="inputs", tensor=given),)
        self.note(error, during="model", operation=layer.name, operands=operands, layer=failed, library="keras")

    def note(self, error: BaseException, **update: Any) -> None:
        """Remember."""
        self.text, self.update = str(error)[:MOST_TEXT], update

    def told(self, error: BaseException, facts: FailureFacts) -> FailureFacts:
        """What is known of an exception, with what was noted of it."""
        if not self.text or self.text not in str(error):
            return facts
        update = {name: value for name, value in self.update.items() if value is not None}
        if facts.where is not None and "where" in update:
            update["callers"] = (facts.where, *facts.callers)
        return facts.model_copy(update=update)


def described(value: Any) -> TensorFacts:
    """A tensor in numbers; of one that shape inference has made up, or of an array, its shape."""
    if isinstance(value, torch.Tensor) and value.device.type != "meta":
        return describe(value)
    shape = tuple(size or 0 for size in getattr(value, "shape", ()) or ())
    return TensorFacts(shape=shape, dtype=str(getattr(value, "dtype", type(value).__name__)).removeprefix("torch."))


def first_of(args: Any, kwargs: Any) -> TensorFacts:
    """The first input of a layer."""
    given = first_tensor(args, kwargs)
    return described(given if given is not None else next(iter(args), None))
