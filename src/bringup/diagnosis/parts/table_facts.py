"""The rows that an estimator is fitted on, measured as a table: columns, target, leaks, copies, and how other rows differ."""

from typing import Any

import numpy as np
import polars as pl

from bringup.data.infer import infer_schema
from bringup.data.open import open_table, sample
from bringup.data.profile.duplicates import across
from bringup.data.profile.measure import measure
from bringup.data.profile.shift import discriminate, label_variants, shifts
from bringup.data.schema import Schema
from bringup.data.sources.frame import read_frame
from bringup.data.sources.names import ROW
from bringup.data.split import part_facts
from bringup.data.target import labels
from bringup.data.typed import typed
from bringup.record import Part, SplitFacts, Task

MOST_ROWS = 50_000
MOST_COLUMNS = 1_000  # wider tables, as those of pixels or words, are no list of columns that a person would go through
TARGET = "target"


def table_of(x: Any, y: np.ndarray, target: str = TARGET) -> tuple[pl.DataFrame, str]:
    """Inputs and target as one table, and the name of the target in it; the columns of an array are `x0`, `x1`, …"""
    if isinstance(x, np.ndarray):
        x = {f"x{number}": column for number, column in enumerate(x.T)}
    frame = read_frame(x).lazy.collect()
    while target in frame.columns:
        target += "_"
    values = y.tolist() if y.dtype == object else y
    return frame.with_columns(pl.Series(target, values, strict=False)), target


def table_facts(x: Any, y: np.ndarray, other: tuple[Any, np.ndarray] | None, *, task: Task, seed: int) -> dict[str, Any]:
    """The sections of a record about a table: what `measure` gives, and `split` where other rows were handed over.

    Args:
        x: A table or an array [rows, columns].
        y: Targets [rows].
        other: Likewise, of the rows for validation.

    Returns:
        Nothing for a table of very many columns.
    """
    if x.shape[1] > MOST_COLUMNS:
        return {}
    frame, target = table_of(x, y)
    table = open_table(frame)
    raw = sample(table, MOST_ROWS, seed=seed)
    schema = infer_schema(raw, table, target=target)
    rows = told(raw, schema, target, task)
    sections = measure(raw.drop(ROW), rows, table, schema, task, seed=seed)
    if other is not None:
        theirs, _ = table_of(*other, target)
        sections |= parted(rows, told(theirs.head(MOST_ROWS), schema, target, task), schema, target, task, seed, sections)
    return sections


def told(raw: pl.DataFrame, schema: Schema, target: str, task: Task) -> pl.DataFrame:
    """Rows with types; classes as text."""
    rows = typed(raw, schema)
    rows = rows.drop(ROW) if ROW in rows.columns else rows
    return rows.with_columns(labels(rows[target]).alias(target)) if task == "classification" else rows


def parted(
    train: pl.DataFrame,
    other: pl.DataFrame,
    schema: Schema,
    target: str,
    task: Task,
    seed: int,
    sections: dict[str, Any],
) -> dict[str, Any]:
    """How the rows for validation differ from those that were fitted on, and which are the same."""
    parts: dict[Part, pl.DataFrame] = {"train": train, "validation": other}
    found = sections["duplicates"]
    return {
        "split": SplitFacts(
            method="given",
            parts={
                name: part_facts(np.arange(len(rows)), rows[target], classes=task == "classification")
                for name, rows in parts.items()
            },
            shift=shifts(train, other, "validation", schema),
            discriminated=discriminate(train, other, schema, seed),
            label_variants=label_variants(train, other, schema) if task == "classification" else (),
        ),
        "duplicates": found.model_copy(update={"across": {"train-validation": across(train, other, schema)}}),
    }
