"""What a person decides about checks: `[tool.bringup]` in the pyproject.toml nearest upwards, and the command line over it."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, get_origin, get_type_hints

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from bringup.checks import CHECKS, Check
from bringup.checks.explain import find
from bringup.checks.runner import refuse_unknown
from bringup.errors import BringupError
from bringup.findings import Frozen

FILE, TABLE = "pyproject.toml", "tool.bringup"
EXPECTED = {
    "select": "a list of codes, names or families",
    "ignore": "a list of codes, names or families",
    "time": "a number of seconds, 0 for no limit",
    "per-file-ignores": "a table of patterns, each with a list of codes, names or families",
    "thresholds": "a table of checks, each with a table of its thresholds",
}


def dashed(name: str) -> str:
    """A field as it is written in TOML."""
    return name.replace("_", "-")


class Settings(Frozen):
    """What to check, and how far to watch.

    Attributes:
        select, ignore: Codes, beginnings of codes, names of checks, or families; all checks where nothing is selected.
        time: The time limit of the script in seconds; 0 for none.
        per_file_ignores: Names to be ignored, by pattern over paths relative to `base`.
        thresholds: New values for thresholds, by check and field.
        base: The folder of the file that this came from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=dashed, validate_by_name=True)

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    time: Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)] = 600.0
    per_file_ignores: dict[str, tuple[str, ...]] = {}
    thresholds: dict[str, dict[str, Any]] = {}
    base: Path = Path()

    def over(self, *, select: Iterable[str] = (), ignore: Iterable[str] = (), time: float | None = None) -> "Settings":
        """These settings with what was given on the command line in place of them."""
        given = {"select": tuple(select), "ignore": tuple(ignore)}
        changes: dict[str, Any] = {name: value for name, value in given.items() if value}
        return self.model_copy(update=changes | ({} if time is None else {"time": time}))

    def checks(self) -> tuple[Check, ...]:
        """All checks, with these thresholds.

        Raises:
            BringupError: for a name that means no check, a threshold that it does not have, or a value of the wrong type.
        """
        refuse_unknown((*self.select, *self.ignore, *(n for names in self.per_file_ignores.values() for n in names)), CHECKS)
        changed = {find(name).code: changes(find(name), given) for name, given in self.thresholds.items()}
        return tuple(replace(check, **changed[check.code]) if check.code in changed else check for check in CHECKS)


def read_settings(script: Path) -> Settings:
    """Read the settings that hold for a script; the defaults where no pyproject.toml above it has any.

    Raises:
        BringupError: if the file is no TOML, or holds something unknown.
    """
    for folder in script.absolute().resolve().parents:
        path = folder / FILE
        if not path.is_file():
            continue
        table = read_table(path)
        if table is not None:
            return parsed(table, path)
    return Settings()


def read_table(path: Path) -> Any:
    """The table of ours in a pyproject.toml; None where there is none."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BringupError(f"{path} is no TOML", there=str(error)) from None
    except OSError as error:
        raise BringupError(f"cannot read {path}", there=error.strerror or str(error)) from None
    tools = content.get("tool")
    return tools.get("bringup") if isinstance(tools, dict) else None


def parsed(table: Any, path: Path) -> Settings:
    """Settings from the content of a table."""
    if not isinstance(table, Mapping):
        raise BringupError(f"`{TABLE}` in {path} must be a table")
    for name in table:
        if name not in EXPECTED:
            near = get_close_matches(str(name), EXPECTED, n=1)
            there = f"the nearest is `{near[0]}`" if near else "there are " + ", ".join(EXPECTED)
            raise BringupError(f"`{name}` in [{TABLE}] of {path} is no setting", there=there)
    try:
        return Settings.model_validate({**table}).model_copy(update={"base": path.parent})
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise BringupError(f"`{name}` in [{TABLE}] of {path} must be {EXPECTED[name]}") from None


def changes(check: Check, given: Mapping[str, Any]) -> dict[str, Any]:
    """New thresholds of a check, each of the type that the check declares.

    Raises:
        BringupError: for a threshold that the check does not have, or a value of another type.
    """
    declared = get_type_hints(type(check))
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name not in check.thresholds:
            there = "it has " + ", ".join(check.thresholds) if check.thresholds else "it has none"
            raise BringupError(f"`{check.name}` has no threshold `{name}`", there=there)
        plain = tuple(value) if get_origin(declared[name]) is tuple and isinstance(value, list) else value
        try:
            found[name] = TypeAdapter(declared[name]).validate_python(plain, strict=True)
        except ValidationError:
            kind = getattr(declared[name], "__name__", str(declared[name]))
            raise BringupError(
                f"threshold `{name}` of `{check.name}` must be of type {kind}", there=f"it is {value!r}"
            ) from None
    return found
