"""The lens: while it is open, every torch function that the program calls is seen, with its line.

It costs some microseconds a call, so it is open before the training for the first calls only, then over the first steps and the
first calls of each new place, and over the one step that a second run is asked to trace.
"""

from typing import TYPE_CHECKING, Any

import torch
from torch.overrides import TorchFunctionMode, _get_current_function_mode

from bringup.capture.events import Operation
from bringup.capture.torch.graph import PLACE, write
from bringup.capture.torch.tensors import tensors_in

if TYPE_CHECKING:
    from bringup.capture.torch.boundaries import Watch

DATA = torch.Tensor.data  # of all properties, the one that leaves the graph
BEFORE = 2000  # operations before the first call of a model
BUDGET = 20_000  # operations at the most in one opening


class Lens(TorchFunctionMode):
    """Sees operations while it is open."""

    def __init__(self, watch: "Watch") -> None:
        super().__init__()
        self.watch = watch
        self.left = 0
        self.wanted = False
        self.on_stack = False

    def open(self, budget: int = BUDGET) -> None:
        """See operations from now on."""
        self.left = budget
        self.wanted = True
        if not self.on_stack:
            self.__enter__()
            self.on_stack = True

    def close(self) -> None:
        """See no more. Where the program has entered a mode of its own since, ours stays below it and only passes calls on."""
        self.wanted = False
        if self.on_stack and _get_current_function_mode() is self:
            self.__exit__(None, None, None)
            self.on_stack = False

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call the function, note where."""
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        if not self.wanted or self.watch.session.telling or not self.watch.session.watching:
            return result
        self.left -= 1
        if self.left < 0:
            self.wanted = False
            return result
        self.see(func, args, kwargs, result)
        return result

    def see(self, func: Any, args: Any, kwargs: Any, result: Any) -> None:
        """Tell the observers, and write the line into the graph."""
        session = self.watch.session
        place = self.watch.place_of_operation(3)
        for tensor in tensors_in(result, 1):
            node = node_of(tensor)
            if node is not None and place is not None:
                write(node, PLACE, place)
        if session.listeners["on_operation"]:
            name = getattr(func, "__name__", "")
            if name == "__get__":
                if getattr(func, "__self__", None) is not DATA:
                    return
                name = "data"
            event = Operation(func, name, args, kwargs, result, place, session.steps, self.watch.depth > 0)
            session.emit("on_operation", event)


def node_of(tensor: Any) -> Any:
    """The node that made a tensor; None for a view whose base was changed, which torch refuses to tell."""
    try:
        return tensor.grad_fn
    except RuntimeError:
        return None
