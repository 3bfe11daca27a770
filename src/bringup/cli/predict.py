"""`bringup predict`: a trained model on new data."""

import io
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bringup.cli import options
from bringup.cli.console import write
from bringup.errors import BringupError

if TYPE_CHECKING:
    from polars import DataFrame

SUFFIXES = (".csv", ".parquet", ".jsonl")


def predict(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)],
    data: Annotated[
        str,
        typer.Argument(metavar="NEW_DATA", help="Data with the same columns; the target may be missing.", show_default=False),
    ],
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="A .csv, .parquet or .jsonl file instead of stdout.")
    ] = None,
    query: Annotated[str | None, typer.Option(metavar="SQL", help="For SQLite: the query, or a table's name.")] = None,
    names: Annotated[str | None, typer.Option(metavar="A,B,…", help="Column names, for a file without a header line.")] = None,
) -> None:
    """Predict new data with the model of a run.

    CSV on stdout, unless -o names a file.
    """
    path = None if output in (None, "-") else Path(output)
    if path is not None and path.suffix not in SUFFIXES:
        raise BringupError(
            f"cannot write `{path.suffix or path.name}`",
            there="predictions are written as " + ", ".join(SUFFIXES),
            do="name one of them with -o",
        )

    from bringup import api

    with redirect_stdout(sys.stderr):
        frame = api.predict(Path(run), data, query=query, names=options.read_names(names))
    if path is None:
        write(frame.write_csv())
    else:
        from bringup.record.store import write_bytes

        write_bytes(path, encode(frame, path.suffix))


def encode(frame: "DataFrame", suffix: str) -> bytes:
    """Return a frame as the bytes of a file with this suffix."""
    buffer = io.BytesIO()
    {".csv": frame.write_csv, ".parquet": frame.write_parquet, ".jsonl": frame.write_ndjson}[suffix](buffer)
    return buffer.getvalue()
