"""Which layer a parameter belongs to, what its model calls it, and whether the model knows of it."""

import sys
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from bringup.capture.source.person import Place
from bringup.capture.torch.kinds import library_of, parts_of
from bringup.record import ParameterFacts

if TYPE_CHECKING:
    from bringup.capture.session import Session

OWN = frozenset(vars(nn.Module()))  # what every module has
MOST_ITEMS = 1000  # of a list, dict or set
DEPTH = 2  # of lists in lists


@dataclass
class Owner:
    """The layer of a parameter. `outer` is the outermost layer that no model knows, where there is one; `root` the model."""

    name: str
    module: nn.Module | None
    registered: bool = False
    outer: Any = None
    holder: nn.Module | None = None
    root: nn.Module | None = None


class Ownership:
    """Finds owners among the models that were called and all modules that were built."""

    def __init__(self, session: "Session") -> None:
        self.session = session
        self.roots: list[weakref.ref[nn.Module]] = []
        self.loaded: dict[int, weakref.ref[torch.Tensor]] = {}
        self.owners: dict[int, Owner] = {}

    def load(self, tensors: Iterator[torch.Tensor]) -> None:
        """Note that these hold more than random numbers."""
        for tensor in tensors:
            if not self.is_loaded(tensor):
                self.loaded[id(tensor)] = weakref.ref(tensor)

    def is_loaded(self, tensor: torch.Tensor) -> bool:
        """Whether a tensor does."""
        entry = self.loaded.get(id(tensor))
        return entry is not None and entry() is tensor

    def look(self) -> None:
        """Look at all models as they are now."""
        self.owners = {}
        for entry in reversed(self.roots):
            root = entry()
            if root is not None:
                self.look_into(root)
        for entry in list(self.session.creations.alive.values()):
            module = entry()
            if isinstance(module, nn.Module) and "_parameters" in vars(module):
                self.claim(module, Owner(type(module).__name__, module))

    def look_into(self, root: nn.Module) -> None:
        """The layers that a model knows, then those that it has but does not know."""
        names = dict(parts_of(root))
        for name, module in names.items():
            self.claim(module, Owner(name or type(module).__name__, module, registered=True, root=root))
        for name, module in names.items():
            for attribute, value in vars(module).items():
                if attribute in OWN:
                    continue
                for path, item in items(value, ".".join(part for part in (name, attribute) if part)):
                    self.take(path, item, module)

    def take(self, path: str, item: Any, holder: nn.Module) -> None:
        """Take in what stands in an attribute of a module."""
        if isinstance(item, nn.Module):
            for name, module in parts_of(item):
                self.claim(module, Owner(".".join(part for part in (path, name) if part), module, outer=item, holder=holder))
        elif item.requires_grad and item.is_leaf:
            self.owners.setdefault(id(item), Owner(path, None, outer=item, holder=holder))

    def claim(self, module: nn.Module, owner: Owner) -> None:
        """Note whose parameters these are; the first owner stays."""
        for _, parameter in library_of(module).parameters(module):
            self.owners.setdefault(id(parameter), owner)

    def knows(self, tensor: torch.Tensor) -> bool:
        """Whether a model that was called knows this parameter now; after `look`."""
        owner = self.owners.get(id(tensor))
        return owner is not None and (owner.registered or owner.holder is not None)

    def describe(self, tensors: list[torch.Tensor]) -> list[tuple[ParameterFacts, list[torch.Tensor]]]:
        """The layers that these tensors belong to; after `look`."""
        groups: dict[Any, list[torch.Tensor]] = {}
        for tensor in tensors:
            owner = self.owners.get(id(tensor))
            groups.setdefault(id(tensor if owner is None or owner.module is None else owner.module), []).append(tensor)
        return [(self.facts(group), group) for group in groups.values()]

    def facts(self, group: list[torch.Tensor]) -> ParameterFacts:
        """Describe the tensors of one layer."""
        owner = self.owners.get(id(group[0]))
        module = None if owner is None else owner.module
        kind = type(group[0] if module is None else module).__name__
        known = module is None or (bool(self.session.creations.places(module)) and not self.is_of_library(owner))
        return ParameterFacts(
            name=kind if owner is None else owner.name,
            kind=kind,
            tensors=len(group),
            values=sum(tensor.numel() for tensor in group),
            where=None if owner is None else self.session.person.where(self.place(owner)),
            hidden=owner is not None and owner.holder is not None,
            loaded=not known or any(map(self.is_loaded, group)),
        )

    def is_of_library(self, owner: Owner | None) -> bool:
        """Whether a layer is part of a model from a library other than torch, which comes with weights of its own."""
        if owner is None or owner.root is None:
            return False
        part: Any = owner.root
        for name in ["", *owner.name.split(".")]:
            part = getattr(part, name, None) if name else part
            if part is None:
                return False
            origin = type(part).__module__
            file = getattr(sys.modules.get(origin), "__file__", None)
            if (
                origin.partition(".")[0] not in ("torch", "__main__")
                and file is not None
                and not self.session.person.owns(file)
            ):
                return True
        return False

    def place(self, owner: Owner) -> Place | None:
        """The line that built a layer; of one in a list, the line of its holder's `__init__` that fills the list."""
        places = self.session.creations.places(owner.outer if isinstance(owner.outer, nn.Module) else owner.module)
        own = [place for place in places if owner.holder is not None and inside_init(owner.holder, place)]
        return next(iter(own or places), None)


def items(value: Any, path: str, depth: int = DEPTH) -> Iterator[tuple[str, Any]]:
    """The modules and tensors in an attribute: itself, or in a list, tuple, set or dict."""
    if isinstance(value, nn.Module | torch.Tensor):
        yield path, value
    elif depth and isinstance(value, dict):
        for key, item in list(value.items())[:MOST_ITEMS]:
            yield from items(item, f"{path}.{key}", depth - 1)
    elif depth and isinstance(value, list | tuple | set):
        for number, item in enumerate(list(value)[:MOST_ITEMS]):
            yield from items(item, f"{path}.{number}", depth - 1)


def inside_init(holder: nn.Module, place: Place) -> bool:
    """Whether a line belongs to the construction of a module."""
    code = getattr(type(holder).__init__, "__code__", None)
    if code is None or code.co_filename != place[0]:
        return False
    lines = [line for *_, line in code.co_lines() if line is not None]
    return min(lines) <= place[1] <= max(lines)
