"""Replace attributes, and put them back."""

from collections.abc import Callable
from typing import Any

MISSING = object()


class Patches:
    """Attributes that were replaced."""

    def __init__(self) -> None:
        self.undone: list[Callable[[], None]] = []

    def replace(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Replace `owner.name` by `make(original)`; nothing happens where this version has no such attribute."""
        original = getattr(owner, name, MISSING)
        if original is MISSING:
            return
        own = vars(owner).get(name, MISSING)
        new = make(original)
        setattr(owner, name, new)

        def undo() -> None:
            if vars(owner).get(name) is not new:
                return  # somebody else has replaced it since; putting ours back would undo theirs
            if own is MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, own)

        self.undone.append(undo)

    def call_later(self, undo: Callable[[], None]) -> None:
        """Call this when all is put back."""
        self.undone.append(undo)

    def undo(self) -> None:
        """Put everything back, last first."""
        while self.undone:
            self.undone.pop()()
