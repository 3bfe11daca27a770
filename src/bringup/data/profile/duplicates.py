"""Rows that occur more than once, and how many of them chance alone would give."""

import numpy as np
import polars as pl

from bringup.data.schema import Schema
from bringup.record import DuplicateFacts

SHUFFLED = 50  # columns that the estimate by chance looks at; fewer make it larger, which is the careful side


def duplicates(typed: pl.DataFrame, schema: Schema, *, seed: int = 0) -> DuplicateFacts:
    """Count copies among the rows of one table; identifiers and dropped columns do not count.

    What chance alone gives is measured by shuffling every column on its own, which keeps each column's values and breaks
    whatever ties the columns together: a table of four columns with few levels is full of copies, and nothing is wrong.
    """
    there = set(typed.columns)
    inputs = [column.name for column in schema.inputs if column.name in there]
    target = schema.target.name if schema.target and schema.target.name in there else None
    everything = [*inputs, target] if target else inputs
    if not inputs or not len(typed):
        return DuplicateFacts(rows=len(typed), copies=0, input_copies=0, conflicting=0, expected=0.0)
    shuffled = shuffle_columns(typed.select(everything[-SHUFFLED:]), seed)
    return DuplicateFacts(
        rows=len(typed),
        copies=copies(typed.select(everything)),
        input_copies=copies(typed.select(inputs)),
        conflicting=conflicting(typed, inputs, target) if target else 0,
        expected=float(copies(shuffled)),
        expected_inputs=float(copies(shuffled.select(inputs[-SHUFFLED + 1 :]))),
    )


def copies(frame: pl.DataFrame) -> int:
    """Rows that are a copy of an earlier one."""
    return len(frame) - frame.hash_rows().n_unique()


def shuffle_columns(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Shuffle every column on its own."""
    return pl.DataFrame([series.shuffle(seed=seed + place) for place, series in enumerate(frame.get_columns())])


def conflicting(typed: pl.DataFrame, inputs: list[str], target: str) -> int:
    """Rows whose target differs from the commonest target among the rows with the same inputs: no model can get them right."""
    cells = pl.DataFrame({"inputs": typed.select(inputs).hash_rows(), "target": typed[target]}).drop_nulls("target")
    counts = cells.group_by("inputs", "target").len().group_by("inputs").agg(pl.col("len").sum() - pl.col("len").max())
    return int(counts["len"].sum())


def across(train: pl.DataFrame, test: pl.DataFrame, schema: Schema) -> int:
    """Rows of `test` whose inputs are found in `train`."""
    both = set(train.columns) & set(test.columns)
    inputs = [column.name for column in schema.inputs if column.name in both]
    if not inputs or not len(train) or not len(test):
        return 0
    hashes = pl.concat([train.select(inputs), test.select(inputs)], how="vertical_relaxed").hash_rows()
    seen = np.unique(hashes[: len(train)].to_numpy())
    return int(np.isin(hashes[len(train) :].to_numpy(), seen).sum())
