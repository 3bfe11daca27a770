"""The data of a run: raw rows, typed rows, the target, and the refusal of what cannot be learned from."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from bringup.data.infer import infer_schema, infer_task
from bringup.data.open import open_table, sample
from bringup.data.schema import Schema
from bringup.data.table import Table
from bringup.data.target import TargetRule, class_order, derive, encode, labels, parse_target, with_target
from bringup.data.typed import typed
from bringup.errors import BringupError
from bringup.recipe.options import Options

LOOK_ROWS = 50_000  # rows that a plan is made from
FEWEST_ROWS = 20
MOST_CLASSES = 1000
ROW = "__row__"


@dataclass(frozen=True)
class Look:
    """A first look at the data: what a plan is made from."""

    table: Table
    rule: TargetRule
    raw: pl.DataFrame
    schema: Schema
    typed: pl.DataFrame
    task: Literal["classification", "regression"]
    reason: str


@dataclass(frozen=True)
class Dataset:
    """Everything that was read.

    Attributes:
        raw: The rows as they came, with the column `__row__`.
        typed: The same rows with types and the target, before any is left out.
        usable: Positions in `typed` of the rows that have a target.
        y: Class numbers or values, one for each usable row.
        classes: The classes in the order of their numbers; empty for regression.
    """

    table: Table
    rule: TargetRule
    schema: Schema
    raw: pl.DataFrame
    typed: pl.DataFrame
    usable: np.ndarray
    y: np.ndarray
    classes: tuple[str, ...]

    @property
    def frame(self) -> pl.DataFrame:
        """The typed rows that have a target, in the order of `y`."""
        return self.typed if len(self.usable) == len(self.typed) else self.typed[self.usable]

    @property
    def row_numbers(self) -> np.ndarray:
        """The number in the raw data of each row of `frame`."""
        return self.frame[ROW].to_numpy()


def look(data: Any, options: Options) -> Look:
    """Open data, read a sample of rows and find out what they are.

    Raises:
        BringupError: if the data cannot be read, no target is named, there is none of that name, or nothing can be learned.
    """
    table = open_table(data, query=options.query, names=options.names or None)
    if options.target is None:
        raise BringupError("no target is named", there=shown(table.columns), do="say what is to be predicted with --target")
    rule = parse_target(options.target, table.columns)
    raw = sample(table, LOOK_ROWS, seed=options.seed)
    inferred = infer_schema(raw, table, target=rule.column, roles=options.roles)
    schema = derive(inferred.declaring(options.missing), rule)
    frame = with_target(typed(raw, schema), schema, rule)
    kind, reason = infer_task(frame, schema)
    if rule.derived:
        kind, reason = "classification", "a comparison is true or false"
    if options.task is not None:
        kind, reason = options.task, "asked for"
    if kind not in ("classification", "regression"):
        raise BringupError(
            f"`{kind}` is no task for a target", there="the tasks are classification and regression", do="name one with --task"
        )
    return Look(table=table, rule=rule, raw=raw, schema=schema, typed=frame, task=kind, reason=reason)


def shown(columns: Sequence[str], most: int = 12) -> str:
    """Some column names for a sentence."""
    more = f" and {len(columns) - most} more" if len(columns) > most else ""
    return "the columns are " + ", ".join(f"`{name}`" for name in columns[:most]) + more


def dataset_from(seen: Look, *, rows: int, seed: int) -> Dataset:
    """Read `rows` rows (the look's own where they suffice), and refuse what cannot be learned from.

    Raises:
        BringupError: see `refuse`.
    """
    raw, frame = seen.raw, seen.typed
    if rows > len(raw) and seen.table.rows > len(raw):
        raw = sample(seen.table, rows, seed=seed)
        frame = with_target(typed(raw, seen.schema), seen.schema, seen.rule)
    values = frame[seen.rule.name]
    if seen.task == "classification":
        text = labels(values)
        frame = frame.with_columns(text.alias(seen.rule.name))
        usable = np.flatnonzero(text.is_not_null().to_numpy())
        classes = class_order(text)
        y = encode(text, classes)[usable] if len(classes) <= MOST_CLASSES else np.zeros(len(usable))
    else:
        if not values.dtype.is_numeric():
            raise BringupError(
                f"the target `{seen.rule.name}` holds text and cannot be the target of a regression",
                do="choose --task classification",
            )
        numbers = values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        usable, classes = np.flatnonzero(np.isfinite(numbers)), ()
        y = numbers[usable]
    found = Dataset(
        table=seen.table, rule=seen.rule, schema=seen.schema, raw=raw, typed=frame, usable=usable, y=y, classes=classes
    )
    refuse(found, seen.task)
    return found


def refuse(data: Dataset, task: str) -> None:
    """Say what makes learning impossible, before anything is spent on it.

    Raises:
        BringupError: if the target is missing or constant, rows are too few or all the same, or no column is left.
    """
    name, rows = data.rule.name, len(data.usable)
    if not rows:
        raise BringupError(f"the target `{name}` has no value in any of {len(data.typed):,} rows", do="name another target")
    if rows < FEWEST_ROWS:
        raise BringupError(
            f"{rows} {'row' if rows == 1 else 'rows'} with a target",
            there=f"at least {FEWEST_ROWS} are needed to train and test",
            do="bring more data",
        )
    distinct = len(data.classes) if task == "classification" else len(np.unique(data.y))
    if distinct < 2:
        value = data.classes[0] if data.classes else f"{data.y[0]:g}"
        raise BringupError(
            f"the target `{name}` has one value only",
            there=f"`{value}` in all {rows:,} rows",
            do="there is nothing to tell apart; name another target",
        )
    if task == "classification" and (distinct > MOST_CLASSES or 2 * distinct > rows):
        raise BringupError(
            f"the target `{name}` has {distinct:,} classes in {rows:,} rows",
            there="too few rows of each to learn from",
            do="is it an identifier? Name another target, or --task regression",
        )
    if not data.schema.inputs:
        reasons = (
            "; ".join(f"`{c.name}`: {c.reason}" for c in data.schema.columns[:4] if c.role != "target")
            or "the target is the only column"
        )
        raise BringupError("no column is left to learn from", there=reasons, do="choose roles with --role COLUMN=number")
    inputs = data.frame.select([column.name for column in data.schema.inputs] + [name])
    if inputs.n_unique() == 1:
        raise BringupError(f"all {rows:,} rows are the same", do="there is nothing to learn; look at how the data were made")


def read_test(
    path: str, data: Dataset, *, names: Sequence[str] | None, folder: Path
) -> tuple[Table, pl.DataFrame, pl.DataFrame]:
    """Read a test file with the schema of the training data.

    Returns:
        Its table, its raw rows, and its typed rows with the target as the file spells it.

    Raises:
        BringupError: if it cannot be read, or lacks columns of the training data.
    """
    table = open_table(beside(path, folder), names=names)
    wanted = [column.name for column in data.schema.columns if column.name in data.table.columns]
    lacking = [name for name in wanted if name not in table.columns]
    if lacking and len(table.columns) == len(data.table.columns) and not set(table.columns) & set(wanted):
        table = open_table(beside(path, folder), names=data.table.columns)  # the test file has no header of its own
        lacking = []
    if lacking:
        raise BringupError(
            f"{path} lacks columns of the training data",
            there=", ".join(f"`{name}`" for name in lacking[:6]),
            do="give both files the same columns",
        )
    raw = sample(table, table.rows, seed=0)
    frame = with_target(typed(raw, data.schema), data.schema, data.rule)
    if data.classes:
        frame = frame.with_columns(labels(frame[data.rule.name]).alias(data.rule.name))
    return table, raw, frame


def beside(path: str, folder: Path) -> str:
    """A path or a pattern as it is found in `folder`, else as it is, which is as the working folder has it."""
    if Path(path).is_absolute():
        return path
    there = any(folder.glob(path)) if any(mark in path for mark in "*?[") else (folder / path).exists()
    return str(folder / path) if there else path
