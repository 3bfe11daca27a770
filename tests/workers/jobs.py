"""What the tests ask a pool to do."""

import os
import time
from pathlib import Path
from typing import Any


def square(*, folder: Path, value: int) -> dict[str, Any]:
    """A result."""
    assert folder.is_dir()
    return {"value": value * value, "process": os.getpid()}


def forever(*, folder: Path) -> dict[str, Any]:
    """Never ends by itself."""
    del folder
    time.sleep(600)
    return {}


def broken(*, folder: Path) -> dict[str, Any]:
    """Fails."""
    raise ValueError(f"no such thing in {folder.name}")


def printing(*, folder: Path) -> dict[str, Any]:
    """Prints, and reads what there is not."""
    os.write(1, b"on stdout")
    return {"input": os.read(0, 10).decode(), "files": sorted(entry.name for entry in folder.iterdir())}


def leaves_a_child(*, folder: Path) -> dict[str, Any]:
    """Starts a process that would go on."""
    child = os.fork()
    if child == 0:
        time.sleep(600)
        os._exit(0)
    return {"child": child, "folder": str(folder)}
