"""Operations whose shapes fit by accident: views in place of transposes, and tensors of as many values that make many more."""

import sys
from typing import Any

import torch

from bringup.capture.events import ModelCall, Operation
from bringup.capture.observer import Observer
from bringup.capture.source.person import PACKAGE
from bringup.capture.torch.moved_axes import moved_axes
from bringup.record import BroadcastFacts, SingleFacts, ViewFacts

VIEWS = frozenset({"view", "reshape", "view_as", "reshape_as", "unflatten"})
PAIRWISE = frozenset(
    {
        "add",
        "sub",
        "rsub",
        "mul",
        "div",
        "true_divide",
        "eq",
        "ne",
        "pow",
        "__add__",
        "__sub__",
        "__rsub__",
        "__mul__",
        "__eq__",
        "__ne__",
    }
)
LARGEST = frozenset({"max", "argmax"})
MOST = 50


class Shapes(Observer):
    """Fills `views`, `broadcasts` and `singles`."""

    close_only = frozenset({"on_call"})

    def __init__(self, session: Any) -> None:
        super().__init__(session)
        self.views: dict[Any, ViewFacts | None] = {}  # by line; None where another shape shows that nothing is moved there
        self.shapes: dict[Any, set[Any]] = {}
        self.broadcasts: dict[Any, BroadcastFacts] = {}
        self.singles: dict[Any, SingleFacts] = {}
        self.called = False

    def on_call(self, call: ModelCall) -> None:
        """Note that a model has been called."""
        self.called = self.called or call is not None

    def on_operation(self, operation: Operation) -> None:
        """Look at the shapes of an operation."""
        if operation.name in VIEWS:
            self.view(operation)
        elif operation.name in LARGEST and not operation.inside_model and len(self.singles) < MOST:
            self.largest(operation)
        elif operation.name in PAIRWISE and not operation.inside_model and len(self.broadcasts) < MOST:
            self.pair(operation)

    def largest(self, operation: Operation) -> None:
        """Note where the largest of one value is taken."""
        source = operation.args[0] if operation.args else None
        axis = operation.args[1] if len(operation.args) > 1 else operation.kwargs.get("dim")
        if not isinstance(source, torch.Tensor) or not isinstance(axis, int) or source.dim() < 2:
            return
        axis %= source.dim()
        if source.shape[axis] == 1 and source.numel() > 1 and self.caller() is not None:
            self.singles.setdefault(
                operation.place,
                SingleFacts(
                    operation=operation.name,
                    shape=tuple(source.shape),
                    axis=axis,
                    given=not self.called or not source.is_floating_point(),
                    where=self.session.person.where(operation.place),
                ),
            )

    def view(self, operation: Operation) -> None:
        """Note a view that moves axes; one call must do so for all shapes that it is given."""
        source, result = operation.args[0] if operation.args else None, operation.result
        if not isinstance(source, torch.Tensor) or not isinstance(result, torch.Tensor) or operation.place is None:
            return
        before, after = tuple(source.shape), tuple(result.shape)
        if before == after or min(len(before), len(after)) < 2 or (caller := self.caller()) is None:
            return
        key = (operation.place, operation.inside_model, caller)
        seen = self.shapes.setdefault(key, set())
        if (before, after) in seen or len(seen) >= MOST or len(self.shapes) > 10 * MOST:
            return
        seen.add((before, after))
        self.note(key, operation, before, after)

    def note(self, key: Any, operation: Operation, before: Any, after: Any) -> None:
        """Note what a view does to a shape that this line was not given before."""
        moved, known = moved_axes(before, after), self.views.get(key)
        if not moved:
            self.views[key] = None
        elif key not in self.views:
            self.views[key] = ViewFacts(
                operation=operation.name,
                before=before,
                after=after,
                moved=moved,
                inside_model=operation.inside_model,
                where=self.session.person.where(operation.place),
            )
        elif known is not None:
            self.views[key] = known.model_copy(update={"seen": known.seen + 1})

    def caller(self) -> int | None:
        """Which instruction of the person's own code made the call; None where a library that it uses did."""
        frame = sys._getframe(2)
        while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
            frame = frame.f_back
        return frame.f_lasti if self.session.person.owns(frame.f_code.co_filename) else None

    def pair(self, operation: Operation) -> None:
        """Note an operation on [N, 1] and [N] that made [N, N]."""
        parts, result = operation.args[:2], operation.result
        if len(parts) < 2 or not all(isinstance(part, torch.Tensor) for part in (*parts, result)):
            return
        left, right = parts
        if not outer(tuple(left.shape), tuple(right.shape), tuple(result.shape)) or left.data_ptr() == right.data_ptr():
            return
        if not (result.requires_grad or self.called) or spread_on_purpose(left, right) or self.caller() is None:
            return
        self.broadcasts.setdefault(
            (operation.place, operation.name),
            BroadcastFacts(
                operation=operation.name,
                left=tuple(left.shape),
                right=tuple(right.shape),
                result=tuple(result.shape),
                trains=result.requires_grad,
                where=self.session.person.where(operation.place),
            ),
        )

    def facts(self) -> dict[str, Any]:
        """What was seen."""
        return {
            "views": tuple(view for view in self.views.values() if view is not None),
            "broadcasts": tuple(self.broadcasts.values()),
            "singles": tuple(self.singles.values()),
        }


def outer(left: tuple[int, ...], right: tuple[int, ...], result: tuple[int, ...]) -> bool:
    """Whether two shapes that are the same but for axes of size 1, one with fewer axes, were spread against each other."""
    if len(left) == len(right) or [size for size in left if size > 1] != [size for size in right if size > 1]:
        return False
    return max(torch.Size(left).numel(), torch.Size(right).numel()) < torch.Size(result).numel()


def spread_on_purpose(left: torch.Tensor, right: torch.Tensor) -> bool:
    """Whether the axis of size 1 was made for this very operation, from something computed: all pairs are wanted."""
    nodes = [part.grad_fn for part in (left, right) if part.grad_fn is not None]
    return any("Unsqueeze" in node.name() for node in nodes)
