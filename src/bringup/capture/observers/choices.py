"""What the program does with the answers of a model: along which axis it chooses."""

from typing import Any

import torch

from bringup.capture.events import ModelCall, Operation
from bringup.capture.observer import Observer
from bringup.capture.observers.origins import memory
from bringup.capture.torch.tensors import first_tensor, tensors_in
from bringup.record import ChoiceFacts

CHOICES = frozenset({"argmax", "max", "topk"})
MONOTONE = frozenset(
    {"softmax", "log_softmax", "sigmoid", "exp", "detach", "cpu", "to", "float", "double", "squeeze", "clone", "contiguous"}
)
MOST = 50


class Choices(Observer):
    """Fills `choices`. Follows the output of the last call by its memory, through every operation outside of the model."""

    close_only = frozenset({"on_call"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.noted: dict[Any, ChoiceFacts] = {}
        self.site: int | None = None
        self.derived: set[int] = set()
        self.alike: dict[int, tuple[int, ...]] = {}

    def on_call(self, call: ModelCall) -> None:
        """Follow this output from now on."""
        self.site = None
        output = first_tensor(call.output) if call.detail else None
        if output is None or output.layout is not torch.strided or not output.dim():
            return
        self.site = call.site.number
        self.derived = {memory(output)}
        self.alike = {memory(output): tuple(output.shape)}

    def on_operation(self, operation: Operation) -> None:
        """Look at an operation, and follow what it makes."""
        if self.site is None or operation.inside_model:
            return
        given = [value for value in tensors_in(operation.args, 2) if value.layout is torch.strided]
        if not any(memory(value) in self.derived for value in given):
            self.forget(operation)
            return
        if operation.name in CHOICES:
            self.look_at_choice(operation)
        for tensor in tensors_in(operation.result, 1):
            if tensor.layout is torch.strided:
                self.derived.add(memory(tensor))
                if operation.name in MONOTONE and memory(given[0]) in self.alike:
                    self.alike[memory(tensor)] = tuple(tensor.shape)

    def forget(self, operation: Operation) -> None:
        """Memory that was freed is used again: what was made from other things is no answer of the model."""
        for tensor in tensors_in(operation.result, 1):
            if tensor.layout is torch.strided:
                self.derived.discard(memory(tensor))
                self.alike.pop(memory(tensor), None)

    def look_at_choice(self, operation: Operation) -> None:
        """Note along which axis the largest value was chosen."""
        output = operation.args[0]
        if not isinstance(output, torch.Tensor) or memory(output) not in self.alike or output.dim() < 2:
            return
        axis = axis_of(operation)
        if operation.name == "max" and not isinstance(axis, int):
            return  # the largest value of all, or of two tensors: no choice
        chosen = first_tensor(operation.result)
        self.add(operation, output, axis % output.dim() if isinstance(axis, int) else None, chosen)

    def add(self, operation: Operation, output: torch.Tensor, axis: int | None, result: torch.Tensor | None) -> None:
        """Note a choice, once a line."""
        key = (self.site, operation.place)
        if key in self.noted or len(self.noted) >= MOST or self.site is None:
            return
        self.noted[key] = ChoiceFacts(
            site=self.site,
            function=operation.name,
            where=self.session.person.where(operation.place),
            shape=tuple(output.shape),
            axis=axis,
            result=() if result is None else tuple(result.shape),
        )

    def facts(self) -> dict[str, Any]:
        """What was seen, in its order."""
        return {"choices": tuple(self.noted.values())} if self.noted else {}


def axis_of(operation: Operation) -> Any:
    """The axis argument of a choice."""
    names = operation.kwargs
    if "dim" in names or "axis" in names:
        return names.get("dim", names.get("axis"))
    place = 2 if operation.name == "topk" else 1
    if len(operation.args) > place:
        return operation.args[place]
    return -1 if operation.name == "topk" else None
