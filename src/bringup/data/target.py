"""The target: a column, or a comparison with a column (`arr_delay > 15`) that becomes a yes/no target."""

import math
import re
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from bringup.data.schema import Column, Schema
from bringup.data.texts import truth
from bringup.errors import BringupError

SIGN = re.compile(r">=|<=|==|!=|>|<")
QUOTES = "'\"`"
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
    if text in columns:
        return TargetRule(name=text, column=text)
    for found in SIGN.finditer(text):
        before, value = text[: found.start()].strip(), text[found.end() :].strip()
        column = next((name for name in (before, unquoted(before)) if name in columns), None)
        if column is not None and value:
            return TargetRule(name=text, column=column, sign=SIGNS[found.group()], value=unquoted(value))
    return TargetRule(name=text, column=text)


def unquoted(text: str) -> str:
    """A text without the pair of quotes around it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in QUOTES else text


def derive(schema: Schema, rule: TargetRule) -> Schema:
    """The schema with the derived target at its end; the column that it reads is no input any more."""
    if not rule.derived:
        return schema
    used = schema.with_roles({rule.column: "dropped"}, reason=f"the target is made from it: {rule.name}")
    made = Column(name=rule.name, role="target", dtype="bool", reason=f"made from `{rule.column}`", levels=2)
    return Schema(columns=(*used.columns, made))


def with_target(typed: pl.DataFrame, schema: Schema, rule: TargetRule) -> pl.DataFrame:
    """The typed frame with the derived target in it; a missing value gives a missing target.

    Raises:
        BringupError: if the value cannot be compared with the column (a text with a column of numbers).
    """
    if not rule.derived:
        return typed
    other = comparand(rule.value or "", schema[rule.column], rule)
    return typed.with_columns(getattr(pl.col(rule.column), rule.sign or "eq")(other).alias(rule.name))


def comparand(value: str, column: Column, rule: TargetRule) -> str | float | bool | datetime:
    """The right side of a comparison, as the type of its column."""
    if column.dtype == "string":
        return value
    wanted = {"date": "dates such as 2024-01-31", "bool": "true and false"}.get(column.dtype, "numbers")
    try:
        if column.dtype == "date":
            return datetime.fromisoformat(value).replace(tzinfo=None)
        if column.dtype == "bool":
            answer = pl.select(truth(pl.lit(value))).item()
            if answer is None:
                raise ValueError(value)
            return answer
        number = float(value)
        if math.isnan(number):
            raise ValueError(value)
        return number
    except ValueError:
        raise BringupError(
            f"the target `{rule.name}` compares `{column.name}` with `{value}`",
            there=f"the column holds {wanted}",
            do=f"compare it with one of them: `{column.name} > …`",
        ) from None


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
    names = sorted(values.drop_nulls().unique().to_list())
    try:
        numbers = [float(name) for name in names]
    except ValueError:
        return tuple(names)
    return tuple(names) if any(math.isnan(number) for number in numbers) else tuple(sorted(names, key=float))


def encode(values: pl.Series, classes: tuple[str, ...]) -> np.ndarray:
    """Class numbers, -1 for a label that is not among the classes or is missing."""
    return values.cast(pl.Enum(classes), strict=False).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
