"""What a person decides about a run; everything else is found out."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict, get_args

from pydantic import Field, ValidationError, field_validator

from bringup.errors import BringupError
from bringup.findings import Frozen
from bringup.record import Role

ROLES = tuple(role for role in get_args(Role) if role != "target")


class Decisions(TypedDict, total=False):
    """The keyword arguments of `bringup.run` and `bringup.plan`; `Options` says what they mean."""

    target: str | None
    test: Any
    query: str | None
    names: Sequence[str] | None
    task: str | None
    roles: Mapping[str, str] | None
    missing: Mapping[str, Sequence[str]] | None
    group: str | None
    time: str | None
    seed: int
    max_rows: int | None
    seeds: int | None
    scale: Literal["std", "variance"]
    select: Sequence[str]
    ignore: Sequence[str]


class Options(Frozen):
    """What a person decides.

    Attributes:
        target: The column to predict, or a comparison with one ("arr_delay > 15").
        test: A file with the test rows; without it they are split off.
        query: For SQLite, what is read.
        names: Column names for files without a header.
        task: "classification" or "regression" where the data do not tell.
        roles: Roles by column, which overrule what was found out: number, category, date, text, identifier, constant, dropped.
        missing: Values by column that mean "unknown".
        group, time: A column that the split goes by.
        seed: The seed of everything random.
        max_rows: Read at most so many rows.
        seeds: How many seeds a comparison runs over.
        scale: What centred inputs are divided by.
        select, ignore: Codes, names or families of checks to run, or to leave out.
    """

    target: str | None = None
    test: str | None = None
    query: str | None = None
    names: tuple[str, ...] = ()
    task: str | None = None
    roles: dict[str, Role] = {}
    missing: dict[str, tuple[str, ...]] = {}
    group: str | None = None
    time: str | None = None
    seed: int = 0
    max_rows: int | None = Field(default=None, ge=1)
    seeds: int | None = Field(default=None, ge=1)
    scale: Literal["std", "variance"] = "std"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    @field_validator("names", "select", "ignore", "roles", "missing", mode="before")
    @classmethod
    def _nothing(cls, value: Any, info: Any) -> Any:
        """None is nothing given."""
        return value if value is not None else {} if info.field_name in ("roles", "missing") else ()

    @field_validator("test", mode="before")
    @classmethod
    def _path(cls, value: Any) -> Any:
        """A path may come as a `Path`."""
        return None if value is None else str(value)

    @classmethod
    def of(cls, decisions: Mapping[str, Any]) -> "Options":
        """Check decisions.

        Raises:
            BringupError: if one has a wrong value.
            TypeError: if one is not known: a mistake in a program.
        """
        unknown = sorted(set(decisions) - set(cls.model_fields))
        if unknown:
            raise TypeError(f"unexpected keyword argument {unknown[0]!r}; there are {', '.join(cls.model_fields)}")
        for column, role in (decisions.get("roles") or {}).items():
            if role not in ROLES:
                raise BringupError(f"`{role}` is no role for `{column}`", there="the roles are " + ", ".join(ROLES))
        try:
            return cls.model_validate(dict(decisions))
        except ValidationError as error:
            first = error.errors()[0]
            raise BringupError(f"`{first['loc'][0]}` cannot be {first['input']!r}", there=first["msg"]) from None
