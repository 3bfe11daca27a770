"""Rows of text, gathered into frames: in memory while few, in scratch files when many."""

from collections.abc import Sequence

import polars as pl

from bringup.data.sources.temporary import scratch, writing

CHUNK_CELLS = 1_000_000
MEMORY_BYTES = 128 << 20


class Spool:
    """Takes rows of texts and gives a lazy frame of text columns back; memory stays bounded."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.rows = 0
        self._pending: list[Sequence[str | None]] = []
        self._frames: list[pl.DataFrame] = []
        self._bytes = 0
        self._files: list[str] = []
        self._limit = max(1, CHUNK_CELLS // max(1, len(self.names)))

    def add(self, row: Sequence[str | None]) -> None:
        """Take one row, as long as the names. The empty text is read as no value."""
        self._pending.append(row)
        if len(self._pending) >= self._limit:
            self._flush()

    def finish(self) -> pl.LazyFrame:
        """Return all rows, in order."""
        self._flush()
        if not self._files:
            return (pl.concat(self._frames) if self._frames else self._frame([])).lazy()
        self._spill()
        return pl.scan_ipc(self._files)

    def _frame(self, rows: list[Sequence[str | None]]) -> pl.DataFrame:
        columns = zip(*rows, strict=True) if rows else ([] for _ in self.names)
        return pl.DataFrame(
            [
                pl.Series(name, [v or None for v in column], dtype=pl.String)
                for name, column in zip(self.names, columns, strict=True)
            ]
        )

    def _flush(self) -> None:
        if not self._pending:
            return
        frame = self._frame(self._pending)
        self.rows += frame.height
        self._pending = []
        self._frames.append(frame)
        self._bytes += int(frame.estimated_size())
        if self._bytes > MEMORY_BYTES:
            self._spill()

    def _spill(self) -> None:
        if not self._frames:
            return
        path = scratch("rows.arrow")
        with writing():
            pl.concat(self._frames).write_ipc(path)
        self._files.append(str(path))
        self._frames, self._bytes = [], 0
