"""SQLite: one table, or the rows of a query. Opened for reading only."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from bringup.data.sources.names import nearest, unique_names
from bringup.data.sources.source import Source
from bringup.data.sources.spool import Spool
from bringup.errors import BringupError


def read_sqlite(path: Path, query: str | None) -> Source:
    """Read the rows of a query, or of the only table. SQLite types values, not columns: all come as text.

    Raises:
        BringupError: Without a query where there are several tables; for a query that fails; for a damaged file.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return _rows(connection, query or _only_table(connection, path))
    except (sqlite3.Error, sqlite3.Warning) as error:
        if query is None:
            raise BringupError(
                f"{path.name} is a damaged SQLite file", there=str(error), do="fetch or write it again"
            ) from error
        raise BringupError(f"the query failed on {path.name}", there=str(error), do=_hint(path, str(error))) from error


def _rows(connection: sqlite3.Connection, query: str) -> Source:
    cursor = connection.execute(query)
    if cursor.description is None:
        raise BringupError("the query gives no rows", there=f"`{query[:60]}`", do="write a SELECT")
    names, notes = unique_names(column[0] for column in cursor.description)
    spool = Spool(names)
    for row in cursor:
        spool.add([_text(value) for value in row])
    lazy = spool.finish()
    return Source(lazy, names, spool.rows, "sqlite", typed=False, notes=(f"query `{query}`", *notes))


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return [name for (name,) in found]


def _only_table(connection: sqlite3.Connection, path: Path) -> str:
    tables = _tables(connection)
    if not tables:
        raise BringupError(f"{path.name} holds no table")
    if len(tables) > 1:
        there = ", ".join(f"`{name}`" for name in tables[:12]) + (" …" if len(tables) > 12 else "")
        raise BringupError(f"{path.name} holds {len(tables)} tables", there=there, do='give a query: "SELECT * FROM …"')
    quoted = tables[0].replace('"', '""')
    return f'SELECT * FROM "{quoted}"'


def _hint(path: Path, detail: str) -> str:
    if not detail.startswith("no such table: "):
        return ""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        return nearest(detail.removeprefix("no such table: "), _tables(connection))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return f"<{len(value)} bytes>" if isinstance(value, bytes) else repr(value)
