"""A typed schema: what each column is and what role it plays. (Inference is in `infer.py`.)"""

from collections.abc import Mapping, Sequence
from typing import Literal

from bringup.errors import BringupError
from bringup.findings import Frozen
from bringup.record import Role

DType = Literal["float", "int", "bool", "string", "date"]


class Column(Frozen):
    """One column of the schema; enough to turn raw text into typed values, so that new data are read the same way.

    Attributes:
        role: The part it plays; "dropped" is read but not used.
        reason: Why it got that role: "92 % of the values are distinct text".
        missing: The texts that mean "no value" in this column, besides the empty text and null.
        decimal: The decimal mark of a number in text; "," also means that "." groups thousands.
        grouped: Numbers in text may group their thousands, with the mark that is not the decimal mark.
        date_format: The strptime format of a date in text.
        missing_numbers: Numbers that mean "no value" in this column, as it was declared by hand.
        levels: How many distinct values there are.
    """

    name: str
    role: Role
    dtype: DType
    reason: str = ""
    missing: tuple[str, ...] = ()
    decimal: str = "."
    grouped: bool = False
    date_format: str | None = None
    missing_numbers: tuple[float, ...] = ()
    levels: int = 0


class Schema(Frozen):
    """All columns, in the order of the file."""

    columns: tuple[Column, ...]

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise BringupError(f"no column `{name}`", there="there are " + ", ".join(f"`{c.name}`" for c in self.columns[:8]))

    def __contains__(self, name: object) -> bool:
        return any(column.name == name for column in self.columns)

    def named(self, *roles: Role) -> tuple[str, ...]:
        """The names of the columns with these roles."""
        return tuple(column.name for column in self.columns if column.role in roles)

    @property
    def target(self) -> Column | None:
        """The column to be predicted, if there is one."""
        return next((column for column in self.columns if column.role == "target"), None)

    @property
    def inputs(self) -> tuple[Column, ...]:
        """The columns that a model may read: numbers, categories, dates, texts."""
        return tuple(column for column in self.columns if column.role in ("number", "category", "date", "text"))

    def with_roles(self, roles: Mapping[str, Role], *, reason: str) -> "Schema":
        """Return a copy with the roles of some columns replaced."""
        replaced = {name: self[name].model_copy(update={"role": role, "reason": reason}) for name, role in roles.items()}
        return Schema(columns=tuple(replaced.get(column.name, column) for column in self.columns))

    def declaring(self, missing: Mapping[str, Sequence[str]]) -> "Schema":
        """Return a copy in which these values of a column mean "no value".

        Raises:
            BringupError: if there is no such column, or a value of a number column is no number.
        """
        declared = {name: declare(self[name], values) for name, values in missing.items()}
        return Schema(columns=tuple(declared.get(column.name, column) for column in self.columns))


def declare(column: Column, values: Sequence[str]) -> Column:
    """A column in which these values mean "no value": as numbers where it holds numbers, as texts otherwise."""
    if column.dtype not in ("float", "int"):
        return column.model_copy(update={"missing": (*column.missing, *values)})
    try:
        return column.model_copy(update={"missing_numbers": tuple(float(value) for value in values)})
    except ValueError:
        raise BringupError(
            f"`{column.name}` holds numbers", there=f"one of {', '.join(values)} is none", do="declare a number as missing"
        ) from None
