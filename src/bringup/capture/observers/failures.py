"""The exception that ended the program, and what was on the way to it."""

import weakref
from collections import Counter, deque
from typing import Any

import torch
from torch import nn

from bringup.capture.events import Backward, LossCall, ModelCall, Operation, Step
from bringup.capture.observer import Observer
from bringup.capture.person import Place
from bringup.capture.torch.failure import examine
from bringup.record import FailureFacts

MOST_SIZES = 64
MOST_CHANGES = 300


class Failures(Observer):
    """Fills `failure`. Until the program fails it remembers little: usual batch sizes, and what is open at the moment."""

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.rows: Counter[int] = Counter()
        self.site: Any = None
        self.followed: bool | None = None  # whether a gradient can follow what the model gave last
        self.off: Place | None = None  # the first line in a model that was called with gradients on, and computed with them off
        self.model: weakref.ref[nn.Module] | None = None
        self.open_backward: Backward | None = None
        self.last_root: weakref.ref[torch.Tensor] | None = None
        self.last_loss: weakref.ref[torch.Tensor] | None = None
        self.last_loss_place: Place | None = None
        self.last_step: Place | None = None
        self.loader: weakref.ref[Any] | None = None
        self.changes: deque[tuple[tuple[int, ...], str, Place | None]] = deque(maxlen=MOST_CHANGES)
        self.cuts: deque[tuple[str, Place | None]] = deque(maxlen=8)
        self.failure: FailureFacts | None = None

    def on_call(self, call: ModelCall) -> None:
        """Count batch sizes."""
        self.site = call.site
        self.followed = getattr(call.output, "requires_grad", None)
        if self.model is None or self.model() is not call.module:
            self.model = weakref.ref(call.module)
        shape = getattr(call.args[0], "shape", None) if call.args else None
        if shape and len(self.rows) < MOST_SIZES:
            self.rows[shape[0]] += 1

    def on_loss(self, loss: LossCall) -> None:
        """Remember the last loss, as long as it lives."""
        self.last_loss_place = loss.place
        self.last_loss = weakref.ref(loss.output) if isinstance(loss.output, torch.Tensor) else None

    def on_backward(self, event: Backward) -> None:
        """A pass is open from here on."""
        self.open_backward = event

    def after_backward(self, event: Backward) -> None:
        """And is over."""
        self.open_backward = None
        self.last_root = weakref.ref(event.roots[0]) if event.roots else None

    def after_step(self, step: Step) -> None:
        """Remember where weights are changed."""
        self.last_step = step.place

    def on_loader(self, loader: Any, place: Place | None) -> None:
        """Remember the loader in use."""
        del place
        self.loader = weakref.ref(loader)

    def on_operation(self, operation: Operation) -> None:
        """Remember changes in place, and operations that gradients do not pass."""
        name, result = operation.name, operation.result
        if in_place(name, operation.kwargs):
            target = operation.args[0] if operation.args else None
            if isinstance(target, torch.Tensor):
                self.changes.append((tuple(target.shape), name, operation.place))
        if self.off is None and operation.inside_model and not torch.is_grad_enabled() and any(map(follows, operation.args)):
            self.off = operation.place
        given = operation.args[0] if operation.args else None
        if isinstance(given, torch.Tensor) and given.requires_grad and torch.is_grad_enabled() and cuts(result, name):
            self.cuts.append((name, operation.place))

    def on_failure(self, error: BaseException) -> None:
        """Look at everything that is still there."""
        active, self.session.active = self.session.active, False
        try:
            self.failure = examine(error, self)
        finally:
            self.session.active = active
            self.open_backward = None

    def facts(self) -> dict[str, Any]:
        """The exception, if there was one."""
        return {} if self.failure is None else {"failure": self.failure}


def in_place(name: str, kwargs: dict[str, Any]) -> bool:
    """Whether a function changes its first argument."""
    if name.startswith("__"):
        return name == "__setitem__" or (name.startswith("__i") and name not in ("__invert__", "__index__", "__int__"))
    return (name.endswith("_") and name != "requires_grad_") or bool(kwargs.get("inplace"))


def follows(value: Any) -> bool:
    """Whether a gradient is wanted for something."""
    return isinstance(value, torch.Tensor) and value.requires_grad


def cuts(result: Any, name: str) -> bool:
    """Whether what came out cannot hand a gradient back."""
    if isinstance(result, torch.Tensor):
        return not result.requires_grad
    return name in ("numpy", "item", "tolist")
