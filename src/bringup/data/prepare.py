"""Prepare inputs: everything that is fitted is fitted on training rows only, and the fitted state is plain JSON.

The state is our own rather than a pickled or zipped scikit-learn transformer because the lock compares it value by value
("column
`age`: mean 38.6 → 41.2") and because a saved run must load without executing anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from bringup.data.schema import Column, Schema
from bringup.data.states import Category, State, fill, fit_category, fit_number, fit_text, levels_of, plain
from bringup.findings import Frozen
from bringup.record import InputFacts, PreparedFacts, digest

DATE_PARTS = ("year", "month", "weekday", "hour")


@dataclass(frozen=True)
class Inputs:
    """Prepared rows, in two views of the same columns.

    Attributes:
        dense: float32 [rows, inputs], standardised and one-hot, always finite: for networks and linear models.
        codes: float64 [rows, columns], numbers as they are and level numbers, NaN where missing: for trees.
        categorical: Which columns of `codes` are level numbers.
    """

    dense: np.ndarray
    codes: np.ndarray
    categorical: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.dense)

    def take(self, rows: np.ndarray) -> "Inputs":
        """The inputs of some rows."""
        return Inputs(self.dense[rows], self.codes[rows], self.categorical)


class Preparer(Frozen):
    """The fitted preparation of one data set."""

    states: tuple[State, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the dense inputs."""
        return tuple(name for state in self.states for name in state.names)

    def __call__(self, typed: pl.DataFrame) -> Inputs:
        """Prepare rows of a typed frame.

        Args:
            typed: The columns of the schema, as `typed()` gives them.
        """
        dense = np.zeros((len(typed), len(self.names)), dtype=np.float32)
        codes: list[np.ndarray] = []
        categorical: list[bool] = []
        start = 0
        for state in self.states:
            end = start + len(state.names)
            trees = fill(state, typed, dense[:, start:end])
            codes.append(trees)
            categorical.extend([isinstance(state, Category)] * trees.shape[1])
            start = end
        empty = np.zeros((len(typed), 0))
        return Inputs(dense, np.concatenate(codes, axis=1) if codes else empty, tuple(categorical))


def fit_preparer(train: pl.DataFrame, schema: Schema, *, scale: Literal["std", "variance"] = "std") -> Preparer:
    """Fit the preparation to training rows.

    Args:
        train: Typed training rows, and no others.
        schema: Which columns are inputs, and what they are.
        scale: What the centred values are divided by. The standard deviation gives unit scale; "variance" is the seed recipe to
            the letter.
    """
    return Preparer(states=tuple(state for column in schema.inputs for state in fit_column(column, train[column.name], scale)))


def fit_column(column: Column, values: pl.Series, scale: str) -> Iterator[State]:
    """Yield what is fitted to one column; a date gives one state for each part that varies (elapsed time always counts)."""
    if column.role == "category":
        yield fit_category(column.name, levels_of(values))
    elif column.role == "text":
        yield fit_text(column.name, values)
    elif column.role == "date":
        for part in ("days", *DATE_PARTS):
            numbers = plain(values, part)
            if part == "days" or numbers.n_unique() > 1:
                yield fit_number(f"{column.name}.{part}", numbers, scale, column=column.name, part=part)
    else:
        yield fit_number(column.name, plain(values), scale)


def prepared_facts(inputs: Inputs, names: tuple[str, ...]) -> PreparedFacts:
    """What the training inputs look like, for the record."""
    dense = inputs.dense
    facts = ()
    if len(dense) and dense.shape[1]:
        columns = zip(
            names,
            dense.mean(axis=0, dtype=np.float64),
            dense.std(axis=0, dtype=np.float64),
            dense.min(axis=0),
            dense.max(axis=0),
            strict=True,
        )
        facts = tuple(
            InputFacts(name=n, mean=float(m), std=float(s), minimum=float(a), maximum=float(b)) for n, m, s, a, b in columns
        )
    non_finite = int((~np.isfinite(dense)).sum())
    return PreparedFacts(rows=len(dense), inputs=facts, dtype=str(dense.dtype), non_finite=non_finite, digest=digest(dense))
