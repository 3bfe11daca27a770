"""Compressed files, written out as scratch files: what is read lazily has to be readable from anywhere in the file."""

import bz2
import gzip
import lzma
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, cast

import polars as pl

from bringup.data.sources.magic import Kind
from bringup.data.sources.temporary import scratch, writing
from bringup.errors import BringupError

BLOCK = 1 << 20


def unpack(path: Path, kind: Kind) -> Path:
    """Return a scratch file with the content of a gzip, bzip2, xz, zstd or zip file, named so that its inner extension is kept.

    Raises:
        BringupError: For a file that is damaged or cut off, an archive of several files, or a full disk.
    """
    inner = path.with_suffix("") if path.suffix.lower() in (".gz", ".bz2", ".xz", ".zst", ".zip") else path
    if kind == "zstd":
        return _zstd(path, scratch(inner.name))
    try:
        with _opened(path, kind) as file:
            target = scratch(PurePosixPath(file.name).name if kind == "zip" else inner.name)
            _copy(file, target)
    except (
        EOFError,
        zlib.error,
        lzma.LZMAError,
        gzip.BadGzipFile,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise _damaged(path, kind, str(error)) from error
    except OSError as error:  # bz2 has no error of its own
        raise _damaged(path, kind, error.strerror or str(error)) from error
    return target


def _damaged(path: Path, kind: str, detail: str) -> BringupError:
    return BringupError(f"{path.name} is {kind}-compressed and damaged or cut off", there=detail, do="fetch it again")


def _opened(path: Path, kind: Kind) -> IO[bytes]:
    if kind == "gzip":
        return cast(IO[bytes], gzip.open(path))
    if kind == "bzip2":
        return bz2.open(path)
    if kind == "xz":
        return lzma.open(path)
    archive = zipfile.ZipFile(path)
    members = [m.filename for m in archive.infolist() if not m.is_dir() and not m.filename.startswith(("__MACOSX/", "."))]
    if len(members) != 1:
        there = ", ".join(members[:6]) + (" …" if len(members) > 6 else "")
        raise BringupError(f"{path.name} holds {len(members)} files", there=there, do="unpack it and name one of them")
    return archive.open(members[0])


def _copy(file: IO[bytes], target: Path) -> None:
    with writing():
        out = target.open("wb")
    with out:
        while block := file.read(BLOCK):
            with writing():
                out.write(block)


def _zstd(path: Path, target: Path) -> Path:
    """Polars reads zstd and the standard library does not (before Python 3.14): each line is taken as one column of text."""
    try:
        lines = pl.scan_csv(path, has_header=False, separator="\x01", quote_char=None, schema={"line": pl.String})
        lines.sink_csv(target, include_header=False, separator="\x01", quote_style="never")
    except pl.exceptions.PolarsError as error:
        raise _damaged(path, "zstd", str(error).splitlines()[0]) from error
    except OSError as error:
        raise _damaged(path, "zstd", error.strerror or str(error).splitlines()[0]) from error
    return target
