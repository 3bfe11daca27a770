"""Where the graph of a loss is left on the way: a detach, a number made of a tensor, a block without gradients."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from bringup.capture.source.person import Place
from bringup.capture.torch.graph import name_of, place_of, read_graph
from bringup.capture.torch.tensors import tensors_in

if TYPE_CHECKING:
    from bringup.capture.events import Backward, Operation, Site
    from bringup.record.update_facts import Cut

MOST_CUTS = 200
MOST_LEAVES = 5000
MOST_PASSES = 3
NUMBERS = frozenset({"item", "numpy", "tolist", "__float__", "__array__"})
FLAT = frozenset({"RoundBackward0", "FloorBackward0", "CeilBackward0", "TruncBackward0", "SignBackward0", "SgnBackward0"})


@dataclass
class Used:
    """One parameter that an operation was given; `off` is the line that did so without gradients."""

    on: bool = False
    off: Place | None = None
    off_inside: bool = False


@dataclass
class Found:
    """An operation that took tensors of the graph and gave one that is not in it; `below` are the leaves of what it took."""

    place: Place | None
    inside_model: bool
    below: set[int] = field(default_factory=set)


class Cuts:
    """Looks at operations while the lens is open."""

    def __init__(self) -> None:
        self.used: dict[int, Used] = {}
        self.found: list[Found] = []
        self.before: list[Found] = []  # those before the last backward pass
        self.flat: Place | None = None
        self.site: Site | None = None  # that is being called
        self.passes = 0

    @property
    def curious(self) -> bool:
        """Whether passes are still looked at."""
        return self.passes < MOST_PASSES

    def see(self, operation: "Operation") -> None:
        """Look at one operation."""
        given = list(tensors_in((operation.args, operation.kwargs), 2))
        wanting = [tensor for tensor in given if tensor.requires_grad]
        if not wanting or not operation.place:
            return
        enabled, results = torch.is_grad_enabled(), list(tensors_in(operation.result, 1))
        if any(result.requires_grad is enabled for result in results) and not operation.name.endswith("_"):
            for tensor in wanting:
                if tensor.is_leaf and len(self.used) < MOST_LEAVES:
                    self.use(tensor, operation, enabled)
        if enabled and self.curious and len(self.found) < MOST_CUTS and leaves_graph(operation):
            self.found.append(Found(operation.place, operation.inside_model, below(wanting)))

    def use(self, leaf: torch.Tensor, operation: "Operation", enabled: bool) -> None:
        """Note that a leaf was used."""
        used = self.used.setdefault(id(leaf), Used())
        if enabled:
            used.on = True
        elif used.off is None and self.site is not None:
            block = self.site.grad or not self.site.places
            used.off, used.off_inside = operation.place if block else self.site.places[0], block

    def note_graph(self, event: "Backward") -> None:
        """Remember what was cut before this pass, and where it goes through a function that is flat."""
        if self.curious:
            self.passes += 1
            self.before, self.found = self.before + self.found, []
            for node in [] if event.graph is None else event.graph.nodes:
                if name_of(node) in FLAT:
                    self.flat = self.flat or place_of(node)

    def reason(self, leaves: list[torch.Tensor]) -> "tuple[Cut, Place | None]":
        """Why no gradient reaches these leaves, and the line."""
        used = [self.used[id(leaf)] for leaf in leaves if id(leaf) in self.used]
        if not used:
            return "unused", None
        off = next((entry for entry in used if entry.off is not None), None)
        if off is not None and not any(entry.on for entry in used):
            return "no-grad-block" if off.off_inside else "no-grad-call", off.off
        wanted = {id(leaf) for leaf in leaves}
        cut = next((entry for entry in reversed(self.before) if entry.below & wanted), None)
        return ("detached", cut.place) if cut is not None else ("unused", None)


def leaves_graph(operation: "Operation") -> bool:
    """Whether the result carries values on without a gradient."""
    if operation.name in NUMBERS:
        return True
    results = list(tensors_in(operation.result, 1))
    return bool(results) and not any(tensor.requires_grad for tensor in results) and "size" not in operation.name


def below(tensors: list[torch.Tensor]) -> set[int]:
    """The leaves that tensors were computed from."""
    found = {id(tensor) for tensor in tensors if tensor.is_leaf}
    for tensor in tensors:
        if tensor.grad_fn is not None:
            found |= {id(leaf) for leaf in read_graph(tensor.grad_fn).leaves}
    return found
