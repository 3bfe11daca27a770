"""Raw data in: a path, a folder, a pattern or a frame becomes a `Table`; nothing is loaded whole."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bringup.data.sources.delimited import read_delimited
from bringup.data.sources.frame import frame_digest, read_frame
from bringup.data.sources.json_lines import read_json, read_json_lines
from bringup.data.sources.magic import kind_of
from bringup.data.sources.names import ROW
from bringup.data.sources.parquet import read_arrow, read_parquet
from bringup.data.sources.parts import expand, join
from bringup.data.sources.source import Source
from bringup.data.sources.sqlite import read_sqlite
from bringup.data.sources.unpack import unpack
from bringup.data.table import Table
from bringup.errors import BringupError
from bringup.record import FileFacts, digest

WHOLE_DIGEST_BYTES = 64 << 20
END_BYTES = 1 << 20  # of larger files, this much of head and tail is digested
MOST_LAYERS = 3  # of compression


def open_table(data: Any, *, query: str | None = None, names: Sequence[str] | None = None) -> Table:
    """Open raw data.

    Args:
        data: A file, a folder, a pattern such as `parts/*.csv`, a pandas, polars or pyarrow frame, a dict of columns.
        query: The SQL to read a SQLite file with.
        names: Column names, for text tables: in place of the header, or for want of one.

    Raises:
        BringupError: For everything that cannot be read as a table, in one sentence.
    """
    if not isinstance(data, str | os.PathLike):
        source = read_frame(data)
        content = frame_digest(source.lazy, source.rows)
        return _table("frame", source, (), content, "the frame")
    path = Path(data).expanduser()
    files = expand(path)
    if query is not None and len(files) > 1:
        raise BringupError("a query reads one SQLite file", there=f"{path} stands for {len(files)} files", do="name one file")
    sources = [_read(file, query, names) for file in files]
    facts = tuple(_facts(file) for file in files)
    source = sources[0] if len(sources) == 1 else join(dict(zip(files, sources, strict=True)))
    content = facts[0].digest if len(facts) == 1 else digest([fact.digest for fact in facts])
    if query is not None:
        content = digest([content, query])
    return _table(_name(path), source, facts, content, str(path))


def sample(table: Table, rows: int, *, seed: int) -> pl.DataFrame:
    """Return `rows` rows (all where there are fewer), chosen at random by `seed`, in the order of the file.

    Columns are raw; `__row__` is the row's number in the file, from 0. Memory is bounded by the sample, not by the file.
    """
    lazy = table.lazy.with_row_index(ROW)
    if table.rows <= rows:
        frame = lazy.collect(engine="streaming")
    else:
        chosen = np.sort(np.random.default_rng(seed).choice(table.rows, size=rows, replace=False, shuffle=False))
        wanted = pl.Series(ROW, chosen, dtype=pl.UInt32 if table.rows < 2**32 else pl.UInt64)
        frame = lazy.filter(pl.col(ROW).is_in(wanted.implode())).collect(engine="streaming")
    return frame.sort(ROW).select(*table.columns, ROW)


def _read(path: Path, query: str | None, names: Sequence[str] | None) -> Source:
    kind, content = kind_of(path), path
    for _ in range(MOST_LAYERS):
        if kind not in ("gzip", "bzip2", "xz", "zstd", "zip"):
            break
        content = unpack(content, kind)
        kind = kind_of(content)
    if query is not None and kind != "sqlite":
        raise BringupError(f"a query reads SQLite files, and {path.name} is {kind}", do="leave the query out")
    if names is not None and kind != "text":
        raise BringupError(
            f"names are for text tables, and {path.name} is {kind}", there="it names its columns", do="leave the names out"
        )
    if kind == "text":
        return read_delimited(content, names=names)
    if kind == "sqlite":
        return read_sqlite(content, query)
    if kind in ("json", "jsonl"):
        return read_json(content) if kind == "json" else read_json_lines(content)
    if kind in ("parquet", "arrow", "arrow-stream"):
        return read_parquet(content) if kind == "parquet" else read_arrow(content)
    raise BringupError(f"{path.name} is compressed more than {MOST_LAYERS} times", do="unpack it")


def _table(name: str, source: Source, facts: tuple[FileFacts, ...], content: str, what: str) -> Table:
    if not source.columns:
        raise BringupError(f"{what} has no columns")
    if not source.rows:
        raise BringupError(f"{what} has {len(source.columns)} columns and no rows", do="name data with rows")
    return Table(
        name=name,
        lazy=source.lazy,
        format=source.format,
        files=facts,
        rows=source.rows,
        typed=source.typed,
        notes=source.notes,
        decimal=source.decimal,
        digest=content,
        columns=source.columns,
    )


def _facts(path: Path) -> FileFacts:
    size = path.stat().st_size
    if size <= WHOLE_DIGEST_BYTES:
        return FileFacts(name=path.name, bytes=size, digest=digest(path))
    with path.open("rb") as file:
        head = file.read(END_BYTES)
        file.seek(size - END_BYTES)
        return FileFacts(name=path.name, bytes=size, digest=digest(head + file.read() + str(size).encode()))


def _name(path: Path) -> str:
    stem = path.name.split(".")[0] if not any(mark in path.name for mark in "*?[") else path.parent.name
    return stem or path.resolve().name or "data"
