"""The target: a column, or a comparison with a column (`arr_delay > 15`) that becomes a yes/no target."""

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from bringup.data.schema import Column, Schema

COMPARISON = re.compile(r"^\s*(?P<column>.+?)\s*(?P<sign>>=|<=|==|!=|>|<)\s*(?P<value>.+?)\s*$")
EXACT = 2.0**53  # floats below it hold whole numbers exactly
SIGNS = {">=": "ge", "<=": "le", "==": "eq", "!=": "ne", ">": "gt", "<": "lt"}


@dataclass(frozen=True)
class TargetRule:
    """What a person named as the target.

    Attributes:
        name: As it was given.
        column: The column it reads; equal to `name` for a plain column.
        sign, value: The comparison, where there is one.
    """

    name: str
    column: str
    sign: str | None = None
    value: str | None = None

    @property
    def derived(self) -> bool:
        """Whether the target is made from a column."""
        return self.sign is not None


def parse_target(text: str, columns: tuple[str, ...]) -> TargetRule:
    """Read a target. A text that is the name of a column is that column, whatever signs are in it."""
    found = COMPARISON.match(text)
    if text not in columns and found and found["column"] in columns:
        return TargetRule(name=text, column=found["column"], sign=SIGNS[found["sign"]], value=found["value"].strip("'\""))
    return TargetRule(name=text, column=text)


def derive(schema: Schema, rule: TargetRule) -> Schema:
    """The schema with the derived target at its end; the column that it reads is no input any more."""
    if not rule.derived:
        return schema
    used = schema.with_roles({rule.column: "dropped"}, reason=f"the target is made from it: {rule.name}")
    made = Column(name=rule.name, role="target", dtype="bool", reason=f"made from `{rule.column}`", levels=2)
    return Schema(columns=(*used.columns, made))


def with_target(typed: pl.DataFrame, schema: Schema, rule: TargetRule) -> pl.DataFrame:
    """The typed frame with the derived target in it; a missing value gives a missing target."""
    if not rule.derived:
        return typed
    column = schema[rule.column]
    other = rule.value if column.dtype == "string" else float(rule.value or "nan")
    return typed.with_columns(getattr(pl.col(rule.column), rule.sign or "eq")(other).alias(rule.name))


def labels(target: pl.Series) -> pl.Series:
    """Class labels as text: 1.0 and 1 are the same class; truth values are `no` and `yes`."""
    if target.dtype == pl.Boolean:
        return target.replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)
    there = target.drop_nulls()
    if target.dtype.is_float() and (there.is_finite() & (there.abs() < EXACT) & (there % 1 == 0)).all():
        return target.cast(pl.Int64).cast(pl.String)
    return target.cast(pl.String)


def class_order(values: pl.Series) -> tuple[str, ...]:
    """The classes in a fixed order: by number where all are numbers, else by name."""
    names = values.drop_nulls().unique().to_list()
    try:
        return tuple(sorted(names, key=float))
    except ValueError:
        return tuple(sorted(names))


def encode(values: pl.Series, classes: tuple[str, ...]) -> np.ndarray:
    """Class numbers, -1 for a label that is not among the classes or is missing."""
    return values.cast(pl.Enum(classes), strict=False).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
