"""The exception that ended the program, and what was on the way to it."""

import weakref
from collections import Counter, deque
from typing import Any

import torch

from bringup.capture.events import ModelCall, Operation
from bringup.capture.observer import Observer
from bringup.capture.source.person import Place
from bringup.capture.torch.failure import examine
from bringup.record import FailureFacts

MOST_SIZES = 64
MOST_CHANGES = 300


class Failures(Observer):
    """Fills `failure`. Until the program fails it remembers little: usual batch sizes; what it is about, the session knows."""

    in_windows = frozenset({"on_call"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.rows: Counter[int] = Counter()
        self.off: Place | None = None  # the first line in a model that was called with gradients on, and computed with them off
        self.loader: weakref.ref[Any] | None = None
        self.changes: deque[tuple[tuple[int, ...], str, Place | None]] = deque(maxlen=MOST_CHANGES)
        self.cuts: deque[tuple[str, Place | None]] = deque(maxlen=8)
        self.failure: FailureFacts | None = None

    def on_call(self, call: ModelCall) -> None:
        """Count batch sizes."""
        shape = getattr(call.args[0], "shape", None) if call.args else None
        if shape and len(self.rows) < MOST_SIZES:
            self.rows[shape[0]] += 1

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
            self.session.present.backward = None

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
