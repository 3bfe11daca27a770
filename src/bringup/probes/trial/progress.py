"""What a trial notes of the program: its loss at each step, and in the end how well the model answers rows that it has seen."""

import math
from typing import Any

import torch

from bringup.capture.events import Backward, LossCall, ModelCall
from bringup.capture.observer import Observer
from bringup.capture.series import Growing
from bringup.capture.torch.tensors import mapped
from bringup.probes.trial.answers import Judged, judge

KEPT = 12  # batches
MOST_BYTES = 8 << 20  # of one batch
FIRST_STEP = 0


class Progress(Observer):
    """Notes the loss of each step, and keeps batches from all over the run."""

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.losses = Growing("loss")
        self.step = -1
        self.call: ModelCall | None = None
        self.kept: list[tuple[Any, tuple[Any, ...], dict[str, Any], str, torch.Tensor, tuple[int, ...]]] = []
        self.stride, self.calls = 1, 0

    def on_backward(self, event: Backward) -> None:
        """Note the loss, once a step."""
        if self.session.steps != self.step and event.value is not None:
            self.step = self.session.steps
            self.losses.add(self.step, event.value)

    def on_call(self, call: ModelCall) -> None:
        """Remember the call whose loss may follow."""
        self.call = call if call.site.grad else None

    def on_loss(self, loss: LossCall) -> None:
        """Keep a batch now and then, ever more rarely."""
        call, self.call = self.call, None
        if (
            call is None
            or not loss.trains
            or not isinstance(loss.input, torch.Tensor)
            or not isinstance(loss.target, torch.Tensor)
        ):
            return
        self.calls += 1
        if self.calls % self.stride:
            return
        if small(call, loss):
            given = (call.module, copied(call.args), copied(call.kwargs), loss.function, loss.target.detach().clone())
            self.kept.append((*given, tuple(loss.input.shape)))
        if len(self.kept) > KEPT:
            self.kept = self.kept[1::2]
            self.stride *= 2

    def answers(self) -> Judged | None:
        """How well the model, as it is now, answers the rows that were kept; in eval mode."""
        parts: list[tuple[str, torch.Tensor, torch.Tensor]] = []
        for module, args, kwargs, function, target, shape in self.kept:
            mode = [(m, m.training) for m in module.modules()]
            module.eval()
            try:
                with torch.no_grad():
                    output = first_like(module(*args, **judging(kwargs)), shape)
            finally:
                for entry, training in mode:
                    entry.training = training
            if output is None:
                return None
            parts.append((function, output, target))
        return judge(parts)


def first_like(output: Any, shape: tuple[int, ...]) -> torch.Tensor | None:
    """The output if it is what went into the loss, by its size."""
    given = output[0] if isinstance(output, tuple | list) and output else output
    if not isinstance(given, torch.Tensor) or given.numel() != math.prod(shape):
        return None
    return given.reshape(shape) if tuple(given.shape) != shape else given


def judging(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Arguments by name of a model that is told its mode by one of them."""
    return {**kwargs, "training": False} if isinstance(kwargs.get("training"), bool) else kwargs


def small(call: ModelCall, loss: LossCall) -> bool:
    """Whether a batch may be kept."""
    held = [t for t in (*call.args, *call.kwargs.values(), loss.target) if isinstance(t, torch.Tensor)]
    return sum(t.numel() * t.element_size() for t in held) <= MOST_BYTES


def copied(given: Any) -> Any:
    """Arguments, their tensors detached and copied: the program may change them in place."""
    return mapped(given, lambda tensor: tensor.detach().clone())
