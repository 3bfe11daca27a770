"""Which frames belong to the person's program, and where they stand."""

import linecache
import site
import sys
import sysconfig
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from bringup.findings import Where

PACKAGE = str(Path(__file__).parents[2])
MOST_CALLERS = 4
MOST_PATHS = 10_000
MOST_CODES = 50_000

Place = tuple[str, int]  # file name as Python knows it, and line


class Way:
    """A frame and the two that called it, to know a call from there again: that is cheaper than to look up its places."""

    __slots__ = ("at", "code", "second", "second_at", "third", "third_at")

    def __init__(self, frame: FrameType) -> None:
        second = frame.f_back
        third = None if second is None else second.f_back
        self.code, self.at = frame.f_code, frame.f_lasti
        self.second, self.second_at = (None, 0) if second is None else (second.f_code, second.f_lasti)
        self.third, self.third_at = (None, 0) if third is None else (third.f_code, third.f_lasti)

    def leads_to(self, frame: FrameType) -> bool:
        """Whether a call comes from there."""
        if frame.f_lasti != self.at or frame.f_code is not self.code:
            return False
        second = frame.f_back
        if second is None:
            return self.second is None
        if second.f_lasti != self.second_at or second.f_code is not self.second:
            return False
        third = second.f_back
        return self.third is None if third is None else third.f_lasti == self.third_at and third.f_code is self.third


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
        self.owned: dict[int, bool] = {}  # by the number of a code object
        self.kept: list[CodeType] = []  # those of `owned`, which must not be freed
        self.left_out: list[CodeType] = []  # in files of the person, and yet no part of the program
        self.paths: dict[Any, tuple[Place, ...]] = {}
        self.lines: dict[tuple[int, int], Place] = {}

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

    def owns_class(self, kind: type) -> bool:
        """Whether a class is written in the person's program."""
        if kind.__module__ == "__main__":
            return True  # in a notebook, too, where it has no file
        file = getattr(sys.modules.get(kind.__module__), "__file__", None)
        return file is not None and self.owns(file)

    def leave_out(self, frame: FrameType | None) -> None:
        """Take the code of a frame, and of all that called it, for no part of the program: it hands a training over.

        What it hands over (a model's `forward`, a loss) stays the person's.
        """
        while frame is not None:
            self.left_out.append(frame.f_code)
            self.owned.pop(id(frame.f_code), None)
            frame = frame.f_back

    def place(self, depth: int = 1) -> Place | None:
        """The innermost of the person's frames, seen from the caller's caller."""
        frame: FrameType | None = sys._getframe(depth)
        owned = self.owned
        while frame is not None:
            code = frame.f_code
            own = owned.get(id(code))
            if own or (own is None and self.is_own(code)):
                key = id(code), frame.f_lasti
                found = self.lines.get(key)
                if found is None:
                    found = self.lines[key] = code.co_filename, frame.f_lineno  # the number of a line costs a search
                return found
            frame = frame.f_back
        return None

    def places(self, depth: int = 1) -> tuple[Place, ...]:
        """The person's frames, innermost first, at most `MOST_CALLERS`.

        A walk to the outermost frame costs microseconds, so paths are remembered by where their innermost frames stand.
        """
        frame: FrameType | None = sys._getframe(depth)
        owned = self.owned
        while frame is not None:
            own = owned.get(id(frame.f_code))
            if own or (own is None and self.is_own(frame.f_code)):
                break
            frame = frame.f_back
        if frame is None:
            return ()
        second = frame.f_back
        third = second.f_back if second is not None else None
        key = (
            id(frame.f_code),
            frame.f_lasti,
            id(second.f_code) if second is not None else 0,
            second.f_lasti if second is not None else 0,
            id(third.f_code) if third is not None else 0,
            third.f_lasti if third is not None else 0,
        )
        found = self.paths.get(key)
        if found is None:
            if len(self.paths) >= MOST_PATHS:
                self.paths.clear()
            for entry in (frame, second, third):
                if entry is not None:
                    self.is_own(entry.f_code)  # so that it is kept, and its number is not given to another
            found = self.paths[key] = self.path(frame)
        return found

    def way(self, frame: FrameType) -> Way | None:
        """How to know a call from a frame again; None where the frame is not the person's."""
        return Way(frame) if self.is_own(frame.f_code) else None

    def path(self, frame: FrameType | None) -> tuple[Place, ...]:
        """The person's frames from this one outwards."""
        found: list[Place] = []
        while frame is not None and len(found) < MOST_CALLERS:
            code = frame.f_code
            if self.is_own(code):
                found.append((code.co_filename, frame.f_lineno))
            frame = frame.f_back
        return tuple(found)

    def is_own(self, code: CodeType) -> bool:
        """Whether code is the person's. By its number: to hash the code of a whole script costs microseconds each time."""
        own = self.owned.get(id(code))
        if own is None:
            if len(self.kept) >= MOST_CODES:  # of a program that compiles code again and again
                self.kept.clear()
                self.owned.clear()
                self.paths.clear()
                self.lines.clear()
            self.kept.append(code)
            foreign = any(code is entry for entry in self.left_out)
            own = self.owned[id(code)] = not foreign and self.owns(code.co_filename)
        return own

    def where(self, place: Place | None) -> Where | None:
        """A place as findings name it: relative to the program's folder where it lies below it."""
        if place is None:
            return None
        cell = cell_of(place[0])
        if cell is not None:
            text = linecache.cache.get(place[0])
            if text is not None:
                linecache.cache.setdefault(str(self.root / cell), text)  # reports show its lines
            return Where(file=cell, line=place[1])
        path = Path(place[0])
        absolute = path if path.is_absolute() else self.root / path
        for name in (absolute, absolute.resolve()):
            if name.is_relative_to(self.root):
                return Where(file=name.relative_to(self.root).as_posix(), line=place[1])
        return Where(file=str(path), line=place[1])


def cell_of(filename: str) -> str | None:
    """The cell of a notebook that a file name stands for, as IPython's tracebacks name it, "Cell In[3]"; None for files."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if hasattr(ipython, "get_ipython") else None
    compiler: Any = getattr(shell, "compile", None)
    if not hasattr(compiler, "format_code_name"):  # no notebook, or an old version
        return None
    named = compiler.format_code_name(filename)
    return None if named is None else " ".join(named)
