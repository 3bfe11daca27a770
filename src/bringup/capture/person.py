"""Which frames belong to the person's program, and where they stand."""

import site
import sys
import sysconfig
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from bringup.findings import Where

PACKAGE = str(Path(__file__).parents[1])
MOST_CALLERS = 4
MOST_PATHS = 10_000

Place = tuple[str, int]  # file name as Python knows it, and line


def installed() -> tuple[str, ...]:
    """Folders whose code is not the person's: the standard library, installed packages, and this one."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = {sysconfig.get_paths()[name] for name in names} | {PACKAGE, *site.getsitepackages(), site.getusersitepackages()}
    return tuple(sorted({str(Path(folder)) for folder in folders} | {str(Path(folder).resolve()) for folder in folders}))


class Person:
    """The person's program: everything that Python runs but the standard library and installed packages.

    Args:
        root: The folder of the program; files are named relative to it. Code below it is the person's even where the folder
            itself lies among installed packages.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = Path(root or Path.cwd()).resolve()
        self.foreign = installed()
        self.known: dict[str, bool] = {}
        self.codes = Codes(self)
        self.paths: dict[Any, tuple[Place, ...]] = {}

    def owns(self, filename: str) -> bool:
        """Whether a file, as a code object names it, is the person's."""
        known = self.known.get(filename)
        if known is None:
            known = self.known[filename] = self.judge(filename)
        return known

    def judge(self, filename: str) -> bool:
        """See `owns`; slow."""
        if filename.startswith("<"):
            return filename.startswith("<ipython-input")
        path = str(Path(filename).absolute())
        if any(part in ("site-packages", "dist-packages") for part in Path(path).parts[len(self.root.parts) :]):
            return False
        inside = path.startswith(str(self.root))
        foreign = [folder for folder in self.foreign if path.startswith((folder + "/", folder + "\\"))]
        return not foreign or (inside and all(len(folder) <= len(str(self.root)) for folder in foreign))

    def leave_out(self, frame: FrameType | None) -> None:
        """Take the code of a frame, and of all that called it, for no part of the program: it hands a training over.

        What it hands over (a model's `forward`, a loss) stays the person's.
        """
        while frame is not None:
            self.codes[frame.f_code] = False
            frame = frame.f_back

    def place(self, depth: int = 1) -> Place | None:
        """The innermost of the person's frames, seen from the caller's caller."""
        frame: FrameType | None = sys._getframe(depth)
        codes = self.codes
        while frame is not None:
            code = frame.f_code
            if codes[code]:
                return code.co_filename, frame.f_lineno
            frame = frame.f_back
        return None

    def places(self, depth: int = 1) -> tuple[Place, ...]:
        """The person's frames, innermost first, at most `MOST_CALLERS`.

        A walk to the outermost frame costs microseconds, so paths are remembered by where their innermost frames stand.
        """
        frame: FrameType | None = sys._getframe(depth)
        codes = self.codes
        while frame is not None and not codes[frame.f_code]:
            frame = frame.f_back
        if frame is None:
            return ()
        first, second = frame, frame.f_back
        third = second.f_back if second is not None else None
        key = (
            first.f_code,
            first.f_lasti,
            second and second.f_code,
            second and second.f_lasti,
            third and third.f_code,
            third and third.f_lasti,
        )
        found = self.paths.get(key)
        if found is None:
            if len(self.paths) >= MOST_PATHS:
                self.paths.clear()
            found = self.paths[key] = self.path(first)
        return found

    def path(self, frame: FrameType | None) -> tuple[Place, ...]:
        """The person's frames from this one outwards."""
        found: list[Place] = []
        while frame is not None and len(found) < MOST_CALLERS:
            code = frame.f_code
            if self.codes[code]:
                found.append((code.co_filename, frame.f_lineno))
            frame = frame.f_back
        return tuple(found)

    def where(self, place: Place | None) -> Where | None:
        """A place as findings name it: relative to the program's folder where it lies below it."""
        if place is None:
            return None
        path = Path(place[0])
        absolute = path if path.is_absolute() else self.root / path
        for name in (absolute, absolute.resolve()):
            if name.is_relative_to(self.root):
                return Where(file=name.relative_to(self.root).as_posix(), line=place[1])
        return Where(file=str(path), line=place[1])


class Codes(dict[CodeType, bool]):
    """Which code is the person's, so that a walk over frames is a look into a dictionary for each."""

    def __init__(self, person: Person) -> None:
        super().__init__()
        self.person = person

    def __missing__(self, code: CodeType) -> bool:
        owned = self[code] = self.person.owns(code.co_filename)
        return owned
