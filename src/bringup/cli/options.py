"""Options that `run` and `plan` share: how the data are to be read. Each is an argument of `bringup.run`."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, get_args

import typer

from bringup.errors import BringupError


class Scale(StrEnum):
    """What centred inputs are divided by."""

    STD = "std"
    VARIANCE = "variance"


Data = Annotated[
    str | None,
    typer.Argument(
        metavar="DATA",
        help="A file, folder or glob: CSV, TSV, Parquet, Arrow, JSONL, gzip of these, SQLite.",
        show_default=False,
    ),
]
Target = Annotated[
    str | None, typer.Option("--target", "-t", metavar="COLUMN", help="The column to predict, or 'column > number'.")
]
Test = Annotated[str | None, typer.Option(metavar="FILE", help="A test set of its own; nothing touches it until the end.")]
Query = Annotated[str | None, typer.Option(metavar="SQL", help="For SQLite: the query, or a table's name.")]
Names = Annotated[str | None, typer.Option(metavar="A,B,…", help="Column names, for a file without a header line.")]
TaskName = Annotated[str | None, typer.Option("--task", metavar="TASK", help="classification, regression…; else found out.")]
Roles = Annotated[
    list[str] | None,
    typer.Option(
        "--role", metavar="COLUMN=ROLE", help="What a column is: number, category, date, text, identifier… Repeatable."
    ),
]
Drop = Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="Leave a column out. Repeatable.")]
Missing = Annotated[
    list[str] | None, typer.Option(metavar="COLUMN=VALUE", help="A value that means 'unknown' in a column. Repeatable.")
]
Group = Annotated[str | None, typer.Option(metavar="COLUMN", help="Rows with the same value stay on one side of the split.")]
Time = Annotated[str | None, typer.Option(metavar="COLUMN", help="Split by time: train on the past, test on the future.")]
MaxRows = Annotated[int | None, typer.Option(min=1, metavar="N", help="Use at most N rows, drawn at random.")]
Seed = Annotated[int | None, typer.Option(min=0, metavar="N", help="The seed of everything random. [default: 0]")]
Seeds = Annotated[int | None, typer.Option(min=1, metavar="N", help="How many seeds a comparison is judged over.")]
ScaleName = Annotated[Scale | None, typer.Option("--scale", help="Divide inputs by their std or variance. [default: std]")]
Select = Annotated[list[str] | None, typer.Option(metavar="CODE", help="Only these checks: codes or families. Repeatable.")]
Ignore = Annotated[list[str] | None, typer.Option(metavar="CODE", help="Not these checks. Repeatable.")]
Folder = Annotated[str | None, typer.Option(metavar="DIR", help="Where to write. [default: a new folder in runs/]")]


def plan_options(
    *,
    names: str | None,
    task: str | None,
    role: Iterable[str] | None,
    drop: Iterable[str] | None,
    missing: Iterable[str] | None,
    scale: Scale | None,
    select: Iterable[str] | None,
    ignore: Iterable[str] | None,
    **plain: Any,
) -> dict[str, Any]:
    """Return what was given, as keyword arguments of the recipe; the rest is left to its defaults.

    Args:
        plain: The options that need no translation.

    Raises:
        BringupError: if a task or role is unknown, or an option has the wrong form.
    """
    from bringup.record import Task

    translated = {
        "names": read_names(names),
        "task": one_of(task, get_args(Task), what="task") if task else None,
        "roles": read_roles(role or (), drop or ()) or None,
        "missing": read_missing(missing or ()) or None,
        "scale": scale.value if scale else None,
        "select": split_commas(select or ()) or None,
        "ignore": split_commas(ignore or ()) or None,
    }
    return present(plain | translated)


def present(given: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given at all."""
    return {name: value for name, value in given.items() if value is not None}


def read_roles(pairs: Iterable[str], dropped: Iterable[str]) -> dict[str, str]:
    """Read `column=role` pairs and dropped columns into one mapping.

    Raises:
        BringupError: if a pair has no "=", or the role is unknown.
    """
    from bringup.record import Role

    roles: dict[str, str] = {}
    for pair in pairs:
        column, equals, name = pair.rpartition("=")
        if not equals or not column:
            raise BringupError(f"cannot read `--role {pair}`", do="write --role COLUMN=ROLE, for example --role zip=category")
        roles[column] = one_of(name, get_args(Role), what="role")
    return roles | dict.fromkeys(dropped, "dropped")


def read_missing(pairs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read `column=value` pairs; a column may be named more than once.

    Raises:
        BringupError: if a pair has no "=".
    """
    declared: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        column, equals, value = pair.rpartition("=")
        if not equals or not column:
            raise BringupError(
                f"cannot read `--missing {pair}`", do="write --missing COLUMN=VALUE, for example --missing bmi=0"
            )
        declared[column] = (*declared.get(column, ()), value)
    return declared


def one_of(value: str, known: Iterable[str], *, what: str) -> str:
    """Return the value if it is known.

    Raises:
        BringupError: if it is not; the sentence lists what is.
    """
    known = tuple(known)
    if value in known:
        return value
    raise BringupError(f"no {what} is called `{value}`", there="there are " + ", ".join(known))


def read_names(names: str | None) -> list[str] | None:
    """Return the names in a list with commas."""
    return [name.strip() for name in names.split(",")] if names else None


def split_commas(values: Iterable[str]) -> tuple[str, ...]:
    """Return the codes in options that may be repeated, separated by commas, or both."""
    return tuple(code.strip() for value in values for code in value.split(",") if code.strip())
