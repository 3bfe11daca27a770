"""What a file is, told from its first bytes: an extension is only a hint."""

import json
import zipfile
from pathlib import Path
from typing import Literal, NoReturn

from bringup.errors import BringupError

Kind = Literal["gzip", "bzip2", "xz", "zstd", "zip", "parquet", "arrow", "arrow-stream", "sqlite", "json", "jsonl", "text"]
HEAD_BYTES = 1 << 16

_KINDS: tuple[tuple[bytes, Kind], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"),
    (b"\xff\xff\xff\xff", "arrow-stream"),
    (b"SQLite format 3\x00", "sqlite"),
)
_EXCEL = "save the sheet as CSV, or read it with pandas.read_excel and pass the frame"
_PICKLE = "save the data as CSV or Parquet with the program that wrote it"
_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "is an Excel workbook, which is not read", _EXCEL),
    (
        b"\x93NUMPY",
        "is a NumPy array: its columns have no names, and it may hold a pickle",
        "save it as CSV or Parquet, with names",
    ),
    (b"FEA1", "is a Feather file of version 1, which is out of date", "write it again as Feather version 2 or Parquet"),
    (b"PARE", "is an encrypted Parquet file", "write it without encryption"),
    (b"\x89HDF", "is an HDF5 file, which is not read", "save the table as Parquet"),
    (b"%PDF", "is a PDF document, not a table", "name a file of data"),
    (b"\x89PNG", "is an image, not a table", "name a file of data"),
    (b"\xff\xd8\xff", "is an image, not a table", "name a file of data"),
    (b"<!doctype html", "is a web page, not a table: usually a failed download", "download the data itself"),
    (b"<html", "is a web page, not a table: usually a failed download", "download the data itself"),
    (b"<?xml", "is XML, which is not read", "save the table as CSV"),
    (b"version https://git-lfs", "is a Git LFS pointer, not the data", "run `git lfs pull`"),
    (b"@relation", "is an ARFF file, which is not read", "save it as CSV with a header"),
)
_PICKLE_NAMES = (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".npy", ".npz")
_EXCEL_NAMES = (".xls", ".xlsx", ".xlsm", ".xlsb", ".ods")


def kind_of(path: Path) -> Kind:
    """Return the kind of a file.

    Raises:
        BringupError: For files that are empty, cannot be opened, or that are refused: Excel, pickles, images and such.
    """
    head = read_head(path)
    if not head:
        raise BringupError(f"{path.name} is empty", do="name a file with data")
    for start, kind in _KINDS:
        if head.startswith(start):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _archive(path)
    lower = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    for start, is_what, do in _REFUSED:
        if head.startswith(start) or lower.startswith(start):
            raise BringupError(f"{path.name} {is_what}", do=do)
    suffix = path.suffix.lower()
    if suffix in _PICKLE_NAMES or (head[0] == 0x80 and head[1:2] in b"\x01\x02\x03\x04\x05" and len(head) > 1):
        _refuse_pickle(path)
    if suffix in _EXCEL_NAMES:
        raise BringupError(f"{path.name} is named like an Excel workbook, which is not read", do=_EXCEL)
    return _text_kind(head, suffix)


def read_head(path: Path, size: int = HEAD_BYTES) -> bytes:
    """Return the first bytes of a file.

    Raises:
        BringupError: Where it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise BringupError(f"cannot open {path}", there=error.strerror or str(error)) from error


def _refuse_pickle(path: Path) -> NoReturn:
    raise BringupError(
        f"{path.name} is refused: it is, or may hold, a pickle, and reading a pickle runs whatever is in it", do=_PICKLE
    )


def _archive(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BringupError(
            f"{path.name} is a zip archive that cannot be read", there=str(error), do="fetch it again"
        ) from error
    if any(name.startswith(("xl/", "content.xml")) for name in members):
        raise BringupError(f"{path.name} is an Excel workbook, which is not read", do=_EXCEL)
    if any(name.endswith((".pkl", ".npy")) for name in members):
        _refuse_pickle(path)
    return "zip"


def _text_kind(head: bytes, suffix: str) -> Kind:
    text = head.decode("utf-8-sig", "replace").lstrip()
    if suffix in (".jsonl", ".ndjson"):
        return "jsonl"
    if text.startswith("[") and (suffix == ".json" or text[1:].lstrip()[:1] in ("{", "[")):
        return "json"
    lines = [line for line in text.splitlines() if line.strip()]
    if text.startswith("{"):
        if _is_object(lines[0]):
            return "jsonl" if len(lines) > 1 or suffix != ".json" else "json"
        if suffix == ".json":
            return "json"
    return "text"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
