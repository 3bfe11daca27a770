"""Which frames belong to the person's program, and where they stand."""

import site
import sys
import sysconfig
from pathlib import Path
from types import FrameType

from bringup.findings import Where

PACKAGE = str(Path(__file__).parents[1])
MOST_CALLERS = 4

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
        foreign = [folder for folder in self.foreign if path.startswith(folder + "/") or path.startswith(folder + "\\")]
        return not foreign or (inside and all(len(folder) <= len(str(self.root)) for folder in foreign))

    def place(self, depth: int = 1) -> Place | None:
        """The innermost of the person's frames, seen from the caller's caller."""
        frame: FrameType | None = sys._getframe(depth)
        while frame is not None:
            if self.owns(frame.f_code.co_filename):
                return frame.f_code.co_filename, frame.f_lineno
            frame = frame.f_back
        return None

    def places(self, depth: int = 1) -> tuple[Place, ...]:
        """The person's frames, innermost first, at most `MOST_CALLERS`."""
        frame: FrameType | None = sys._getframe(depth)
        found: list[Place] = []
        while frame is not None and len(found) < MOST_CALLERS:
            if self.owns(frame.f_code.co_filename):
                found.append((frame.f_code.co_filename, frame.f_lineno))
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
