"""Where modules and data loaders were built: the line that a person changes when one has the wrong size."""

import sys
import weakref
from types import FrameType
from typing import Any

from bringup.capture.source.person import MOST_CALLERS, Person, Place


class Creations:
    """The lines that built things, forgotten together with the things.

    Args:
        person: Whose lines count.
    """

    def __init__(self, person: Person) -> None:
        self.person = person
        self.known: dict[int, tuple[Place, ...]] = {}  # by identity: a person's class may define a hash that does not work yet
        self.alive: dict[int, weakref.ref[Any]] = {}

    def note(self, thing: Any, depth: int = 1) -> None:
        """Note the lines under construction now. The thing's own `__init__`, by whatever class, is not where it was built."""
        frame: FrameType | None = sys._getframe(depth)
        found: list[Place] = []
        while frame is not None and len(found) < MOST_CALLERS:
            code = frame.f_code
            if self.person.owns(code.co_filename) and not (code.co_name == "__init__" and builds(frame, thing)):
                found.append((code.co_filename, frame.f_lineno))
            frame = frame.f_back
        number = id(thing)
        try:
            self.alive[number] = weakref.ref(thing, lambda _: self.forget(number))
        except TypeError:
            return  # a class of the person's that cannot be referred to weakly
        self.known[number] = tuple(found)

    def forget(self, number: int) -> None:
        """Forget what is gone: its number may be given to another."""
        self.known.pop(number, None)
        self.alive.pop(number, None)

    def places(self, thing: Any) -> tuple[Place, ...]:
        """The person's frames that built a thing, innermost first; () where that was not seen."""
        return self.known.get(id(thing), ())

    def place(self, thing: Any) -> Place | None:
        """The line that built a thing."""
        found = self.places(thing)
        return found[0] if found else None


def builds(frame: FrameType, thing: Any) -> bool:
    """Whether a frame is a method of the thing that is being built."""
    code = frame.f_code
    return bool(code.co_argcount) and frame.f_locals.get(code.co_varnames[0]) is thing
