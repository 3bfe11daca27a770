"""What a trial writes must not land among the person's files: a checkpoint of a crippled model over a good one is a loss.

Files that are opened for writing are kept in a folder of the trial's own, and read from there afterwards; removing,
renaming and making folders happens there, too. What compiled libraries write by themselves (HDF5, SQLite) is not caught;
`torch.save` is.
"""

import builtins
import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

WRITING = frozenset("wax+")
WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ALLOWED = ("/dev/", "/proc/")
IGNORED = ("remove", "unlink", "rmdir", "removedirs")  # of what is not in the folder of the trial


class Guard:
    """Keeps writes in a folder.

    Args:
        folder: Where to keep what is written; not inside the person's folder. What is beside it is ours, and left alone.
    """

    def __init__(self, folder: Path) -> None:
        self.own = str(folder.absolute().parent)
        self.folder = str(folder.absolute())
        self.open = builtins.open
        self.exists = os.path.lexists

    def install(self) -> None:
        """Replace the functions of this process that write; for good."""
        guarded = self.opened(builtins.open)
        builtins.open = guarded
        io.open = guarded
        os.open = self.opened_low(os.open)
        for name in ("rename", "replace"):
            setattr(os, name, self.moved(getattr(os, name)))
        for name in IGNORED:
            setattr(os, name, self.removed(getattr(os, name)))
        os.mkdir = self.made(os.mkdir)
        shutil.rmtree = not_removed

    def guard_torch(self) -> None:
        """`torch.save` and `torch.load` open files from compiled code; to be called once torch is there."""
        import torch

        save, load = torch.save, torch.load
        torch.save = lambda obj, f, *args, **kwargs: save(obj, self.to_write(f, fresh=True), *args, **kwargs)  # type: ignore[assignment]
        torch.load = lambda f, *args, **kwargs: load(self.seen(f), *args, **kwargs)  # type: ignore[assignment]

    def kept(self, path: Any) -> str | None:
        """Where a path is kept; None for what may be written where it is (devices, this folder, pipes)."""
        if isinstance(path, int):
            return None
        try:
            absolute = os.path.abspath(os.fsdecode(os.fspath(path)))
        except TypeError:
            return None
        if absolute.startswith((*ALLOWED, self.own + os.sep)):
            return None
        return self.folder + absolute

    def seen(self, path: Any) -> Any:
        """The path to read from: the kept one where there is one."""
        kept = self.kept(path)
        return kept if kept is not None and self.exists(kept) else path

    def to_write(self, path: Any, *, fresh: bool) -> Any:
        """The path to write to, with its folder made, and its content brought over where the file is not written anew."""
        kept = self.kept(path)
        if kept is None:
            return path
        parent = os.path.dirname(kept)
        if not os.path.isdir(os.path.dirname(os.path.abspath(os.fsdecode(os.fspath(path))))) and not os.path.isdir(parent):
            return path  # there is no such folder: the error is the person's
        make_folders(parent)
        if not fresh and not self.exists(kept) and os.path.isfile(path):
            with self.open(path, "rb") as source, self.open(kept, "wb") as target:
                shutil.copyfileobj(source, target)
        return kept

    def opened(self, original: Any) -> Any:
        """`open`, redirected."""

        def open_guarded(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
            if isinstance(mode, str) and WRITING & set(mode):
                return original(self.to_write(file, fresh="w" in mode or "x" in mode), mode, *args, **kwargs)
            return original(self.seen(file), mode, *args, **kwargs)

        return open_guarded

    def opened_low(self, original: Any) -> Any:
        """`os.open`, redirected."""

        def open_guarded(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
            if flags & WRITE_FLAGS:
                return original(self.to_write(path, fresh=bool(flags & os.O_TRUNC)), flags, *args, **kwargs)
            return original(self.seen(path), flags, *args, **kwargs)

        return open_guarded

    def moved(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Renaming, among what is kept."""

        def move(source: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
            return original(self.to_write(source, fresh=False), self.to_write(target, fresh=True), *args, **kwargs)

        return move

    def removed(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Removing: what is kept goes, what is the person's stays."""

        def remove(path: Any, *args: Any, **kwargs: Any) -> Any:
            kept = self.kept(path)
            if kept is None:
                return original(path, *args, **kwargs)
            return original(kept, *args, **kwargs) if self.exists(kept) else None

        return remove

    def made(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Making a folder."""

        def make(path: Any, *args: Any, **kwargs: Any) -> Any:
            kept = self.kept(path)
            if kept is None:
                return original(path, *args, **kwargs)
            if os.path.isdir(path):
                raise FileExistsError(path)
            if not os.path.isdir(kept):
                make_folders(os.path.dirname(kept), original)
                original(kept, *args, **kwargs)
            return None

        return make


ORIGINAL_MKDIR = os.mkdir


def not_removed(*_: Any, **__: Any) -> None:
    """Stand in for removing a whole tree, which would be the person's."""


def make_folders(path: str, make: Callable[..., Any] | None = None) -> None:
    """Make a folder and those above it, with the original function."""
    if not path or os.path.isdir(path):
        return
    make_folders(os.path.dirname(path), make)
    (make or ORIGINAL_MKDIR)(path)
