"""Scratch files: what was decompressed, transcoded or rewritten. They go when the program ends."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

from bringup.errors import BringupError

_number = count()


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="bringup-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def scratch(name: str) -> Path:
    """Return the path of a new scratch file, not there yet. It lives as long as the program: lazy frames point at it.

    It keeps the name it is given, in a folder of its own: errors speak of the file that the person knows.
    """
    with writing():
        folder = _folder() / str(next(_number))
        folder.mkdir()
    return folder / name


@contextmanager
def writing() -> Iterator[None]:
    """Turn a full disk into one sentence.

    Raises:
        BringupError: When there is no room for scratch files.
    """
    try:
        yield
    except OSError as error:
        raise BringupError(
            f"cannot write scratch files to {tempfile.gettempdir()}",
            there=error.strerror or str(error),
            do="make room, or set TMPDIR to a folder with more of it",
        ) from error
