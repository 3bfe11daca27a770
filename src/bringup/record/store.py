"""Records on disk: one JSON file, written whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

from bringup.errors import BringupError
from bringup.record.record import Record


def write_text(path: Path, text: str) -> Path:
    """Write a text file atomically: a reader, or a machine that dies, sees the old file or the new one.

    Raises:
        BringupError: if the disk is full or the folder cannot be written; the old file stays as it was.
    """
    return write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file atomically, see `write_text`."""
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise BringupError(
            f"cannot write {path}",
            there=error.strerror or str(error),
            do="make room or name another folder; what was written before is intact",
        ) from error
    return path


def write_record(record: Record, path: Path) -> Path:
    """Write a record as JSON. Raises `BringupError` where the disk is full or the folder cannot be written."""
    return write_text(path, record.model_dump_json(exclude_defaults=True) + "\n")


def read_record(path: Path) -> Record:
    """Read a record.

    Raises:
        BringupError: if there is no such file, or it is not a record.
    """
    try:
        return Record.model_validate_json(path.read_text())
    except FileNotFoundError:
        raise BringupError(f"no record at {path}", do="name the folder of a run") from None
    except OSError as error:
        raise BringupError(f"cannot read {path}", there=error.strerror or str(error), do="name the record of a run") from None
    except ValueError as error:
        raise BringupError(f"{path} is not a record that this version can read", there=str(error).splitlines()[0]) from None
