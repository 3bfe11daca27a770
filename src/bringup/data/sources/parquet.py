"""Parquet."""

from pathlib import Path

import polars as pl

from bringup.data.sources.magic import read_head
from bringup.data.sources.nested import flat
from bringup.data.sources.source import Source
from bringup.errors import BringupError


def read_parquet(path: Path) -> Source:
    """Scan a Parquet file; its types are kept.

    Raises:
        BringupError: For a file that is damaged or cut off.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4))
        if file.read() != b"PAR1":
            raise BringupError(
                f"{path.name} is a Parquet file that was cut off", there="its footer is missing", do="fetch or write it again"
            )
    try:
        lazy = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        return flat(lazy, int(lazy.select(pl.len()).collect().item()), "parquet")
    except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException) as error:
        raise _damaged(path, "Parquet", error) from error


def read_arrow(path: Path) -> Source:
    """Scan an Arrow IPC or Feather (version 2) file, or read an Arrow stream; its types are kept.

    Raises:
        BringupError: For a file that is damaged or cut off.
    """
    try:
        lazy = pl.scan_ipc(path, glob=False) if read_head(path, 6) == b"ARROW1" else pl.read_ipc_stream(path).lazy()
        return flat(lazy, int(lazy.select(pl.len()).collect().item()), "arrow")
    except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException) as error:
        raise _damaged(path, "Arrow", error) from error


def _damaged(path: Path, kind: str, error: BaseException) -> BringupError:
    detail = (str(error).splitlines() or [type(error).__name__])[0][:200]
    return BringupError(f"{path.name} is a damaged {kind} file", there=detail, do="fetch or write it again")
