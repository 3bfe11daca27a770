"""What NumPy has complained of in the person's lines: Python remembers the warnings that it has shown."""

import re
import sys
from types import FrameType
from typing import Any

from bringup.capture.source.person import Person, Place

SAID = re.compile(r"(?:invalid value|divide by zero|overflow) encountered in (?:scalar )?(\w+)")


def complaints(person: Person) -> list[tuple[str, Place]]:
    """Functions that gave values that are not finite, and their lines, in the order of lines; () where warnings are off."""
    found: set[tuple[str, Place]] = set()
    for names in namespaces(person):
        registry = names.get("__warningregistry__")
        for key in list(registry) if isinstance(registry, dict) else []:
            if isinstance(key, tuple) and len(key) == 3 and isinstance(key[2], int):
                said = SAID.match(str(key[0]))
                if said:
                    found.add((said.group(1), (str(names.get("__file__", "")), key[2])))
    return sorted(found, key=lambda entry: entry[1])


def namespaces(person: Person) -> list[dict[str, Any]]:
    """The modules of the person's program: those that run at the moment, and those that were imported."""
    found: dict[int, dict[str, Any]] = {}
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if person.owns(frame.f_code.co_filename):
            found[id(frame.f_globals)] = frame.f_globals
        frame = frame.f_back
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", {})
        file = names.get("__file__")
        if isinstance(file, str) and "__warningregistry__" in names and person.owns(file):
            found[id(names)] = names
    return list(found.values())
