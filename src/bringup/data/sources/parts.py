"""Which files a path stands for, and several files as one table."""

import glob
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from bringup.data.sources.names import nearest
from bringup.data.sources.source import Source
from bringup.errors import BringupError

EXTENSIONS = (
    ".csv", ".tsv", ".tab", ".txt", ".data", ".parquet", ".pq", ".arrow", ".feather", ".ipc", ".json", ".jsonl", ".ndjson",
    ".db", ".sqlite", ".sqlite3",
)  # fmt: skip
PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")
_README = ("readme", "license", "licence", "changelog", "requirements")


def expand(path: Path) -> list[Path]:
    """Return the files that a path, a folder or a pattern stands for, in order of name.

    Raises:
        BringupError: Where there are none; with the nearest names.
    """
    try:
        if path.is_file():
            return [path]
        if path.is_dir():
            return _folder(path)
        exists = path.exists()
    except (OSError, ValueError) as error:
        raise BringupError(f"cannot open {str(path)[:100]!r}", there=getattr(error, "strerror", None) or str(error)) from error
    if exists:
        return [path]  # a pipe or a device
    if any(mark in str(path) for mark in "*?["):
        found = [Path(name) for name in sorted(glob.glob(str(path), recursive=True)) if Path(name).is_file()]
        if not found:
            raise BringupError(f"no file matches {path}", do="look at the pattern")
        return found
    raise _missing(path)


def join(parts: Mapping[Path, Source]) -> Source:
    """Return the parts one after the other.

    Raises:
        BringupError: Where formats or columns differ.
    """
    files, sources = list(parts), list(parts.values())
    first = sources[0]
    formats = Counter(source.format for source in sources)
    if len(formats) > 1:
        there = ", ".join(f"{count} {kind}" for kind, count in formats.most_common())
        raise BringupError(f"the files of {files[0].parent} differ in format", there=there, do="name one of them, or a pattern")
    for file, source in zip(files, sources, strict=True):
        if set(source.columns) != set(first.columns):
            raise BringupError(
                f"{file.name} and {files[0].name} differ in their columns",
                there=_difference(first, source),
                do="name one of them, or a pattern",
            )
    lazies = [source.lazy.select(first.columns) for source in sources]
    try:
        lazy = pl.concat(lazies, how="vertical_relaxed")
        lazy.collect_schema()
    except pl.exceptions.PolarsError as error:
        raise BringupError(
            f"the files of {files[0].parent} differ in column types", there=str(error).splitlines()[0]
        ) from error
    notes = (f"{len(files)} files read as one table", *dict.fromkeys(note for source in sources for note in source.notes))
    decimals = Counter(source.decimal for source in sources)
    return Source(
        lazy, first.columns, sum(source.rows for source in sources), first.format, first.typed, notes,
        decimals.most_common(1)[0][0], headed=first.headed,
    )  # fmt: skip


def _difference(one: Source, other: Source) -> str:
    only_one = [name for name in one.columns if name not in other.columns]
    only_other = [name for name in other.columns if name not in one.columns]
    shown = [f"`{name}`" for name in (*only_one[:3], *only_other[:3])]
    return f"{len(one.columns)} and {len(other.columns)} columns; only one of them has {', '.join(shown)}"


def _folder(path: Path) -> list[Path]:
    inside = [file for file in sorted(path.rglob("*")) if file.is_file() and not _hidden(file, path)]
    data = [file for file in inside if _is_data(file)]
    if data:
        return data
    there = f"it holds {len(inside)} files, none of a known format" if inside else "it is empty"
    raise BringupError(f"the folder {path} holds no data", there=there, do="name a file of data")


def _hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith((".", "_")) for part in file.relative_to(folder).parts)


def _is_data(file: Path) -> bool:
    name = file.name.lower()
    for packed in PACKED:
        name = name.removesuffix(packed)
    return name.endswith(EXTENSIONS) and not name.startswith(_README)


def _missing(path: Path) -> BringupError:
    folder = path.parent
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    wanted = path.name if folder == path.parent else path.relative_to(folder).parts[0]
    there = nearest(wanted, sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith(".")))
    return BringupError(f"no file {path}", there=f"in {folder} {there}", do="look at the path")
