"""All facts about raw data, as the sections of a record."""

from typing import Any

import polars as pl

from bringup.data.profile.columns import profile, target_facts
from bringup.data.profile.relations import duplicates, relate
from bringup.data.schema import Schema
from bringup.data.table import Table
from bringup.data.typed import missing_tokens, unreadable
from bringup.record import RawFacts, Task

DUPLICATES_UP_TO = 50_000_000  # cells in which copies are looked for; beyond that a head of the rows stands for all


def measure(raw: pl.DataFrame, typed: pl.DataFrame, table: Table, schema: Schema, task: Task, *, seed: int) -> dict[str, Any]:
    """Measure raw data once.

    Args:
        raw: The rows that were read, as they were found.
        typed: The same rows, typed.
        table: Where they came from.

    Returns:
        The sections `raw`, `columns`, `target`, `relations` and `duplicates` of a record.
    """
    head = typed.head(max(1_000, DUPLICATES_UP_TO // max(typed.width, 1)))
    return {
        "raw": raw_facts(table, len(typed), len(table.columns) or raw.width),
        "columns": profile(typed, schema, unreadable=unread(raw, typed, schema), tokens=missing_tokens(raw, schema)),
        "target": target_facts(typed, schema, task) if schema.target else None,
        "relations": relate(typed, schema, task, seed=seed),
        "duplicates": duplicates(head, schema, seed=seed),
    }


def unread(raw: pl.DataFrame, typed: pl.DataFrame, schema: Schema) -> dict[str, tuple[int, tuple[str, ...]]]:
    """What could not be read; only columns that lost values on the way are typed anew to see which."""
    both = set(raw.columns) & set(typed.columns)
    there = [column for column in schema.columns if column.name in both]
    lossy = tuple(column for column in there if typed[column.name].null_count() > raw[column.name].null_count())
    return unreadable(raw.select([column.name for column in lossy]), Schema(columns=lossy)) if lossy else {}


def raw_facts(table: Table, rows_read: int, columns: int) -> RawFacts:
    """What was found on the disk."""
    return RawFacts(
        name=table.name,
        format=table.format,
        files=table.files,
        rows=table.rows,
        columns=columns,
        digest=table.digest,
        notes=table.notes,
        rows_read=rows_read if rows_read != table.rows else None,
    )
