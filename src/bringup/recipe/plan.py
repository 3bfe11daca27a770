"""The plan: every decision of a run with its reason, as TOML that a person can edit and run again."""

from pathlib import Path
from typing import Any, Literal, Self

import tomlkit
from pydantic import Field, ValidationError, model_validator
from tomlkit.exceptions import TOMLKitError

from bringup.errors import BringupError
from bringup.findings import Frozen
from bringup.record import Role
from bringup.training.fit import ModelPlan
from bringup.training.metrics import METRICS

HEADER = "A plan of bringup. Edit what you know better, then: bringup run plan.toml"


class DataPlan(Frozen):
    """What is read. Paths are as they were given; relative ones are looked up beside the plan, then in the working folder."""

    source: str
    test: str | None = None
    query: str | None = None
    names: tuple[str, ...] = ()
    target: str
    rows: int
    read: int = Field(ge=1)
    reason: str = ""


class TaskPlan(Frozen):
    """What kind of problem it is."""

    modality: Literal["table"] = "table"
    learning: Literal["supervised"] = "supervised"
    kind: Literal["classification", "regression"]
    metric: str
    reason: str = ""

    @model_validator(mode="after")
    def known_metric(self) -> Self:
        """The metric is one that the task has."""
        if self.metric not in METRICS[self.kind]:
            raise ValueError(f"a {self.kind} is judged by one of {', '.join(METRICS[self.kind])}, not by `{self.metric}`")
        return self


class SplitPlan(Frozen):
    """How rows are parted into training, validation and test."""

    method: Literal["stratified", "random", "group", "time", "given"]
    by: str | None = None
    reason: str = ""

    @model_validator(mode="after")
    def by_something(self) -> Self:
        """Groups and times come from a column."""
        if self.method in ("group", "time") and self.by is None:
            raise ValueError(f"a split by {self.method} needs a column: `by`")
        if self.method in ("stratified", "random") and self.by is not None:
            raise ValueError(f"a {self.method} split does not go by a column; the method is group or time, or leave `by` out")
        return self


class SimplifyPlan(Frozen):
    """The small problem on which the pipeline is debugged."""

    examples: int = Field(default=10_000, ge=20)
    reason: str = ""


class PreparePlan(Frozen):
    """How inputs are normalised."""

    scale: Literal["std", "variance"] = "std"
    reason: str = "subtract the mean, divide by the standard deviation, both of the training rows"


class BudgetPlan(Frozen):
    """How much is spent. In seeds and trials rather than seconds: a wall-clock budget would make results irreproducible."""

    seeds: int = Field(ge=1)
    trials: int = Field(ge=0)
    reason: str = ""


class Infrastructure(Frozen):
    """Where it runs, and what it will take. Estimates, not limits."""

    framework: str = "torch for networks, scikit-learn for the linear model and trees"
    device: str
    cores: int
    machines: int = 1
    needed_bytes: int
    available_bytes: int
    estimated_seconds: int
    reason: str = ""


class Plan(Frozen):
    """The plan of one run."""

    schema_version: Literal[1] = 1
    seed: int = 0
    data: DataPlan
    task: TaskPlan
    roles: dict[str, Role] = {}
    missing: dict[str, tuple[str, ...]] = {}
    split: SplitPlan
    simplify: SimplifyPlan
    prepare: PreparePlan = PreparePlan()
    ladder: tuple[ModelPlan, ...]
    budget: BudgetPlan
    infrastructure: Infrastructure
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    review: tuple[str, ...] = ()

    @model_validator(mode="after")
    def climbable(self) -> Self:
        """The ladder starts with a constant, has something above it, and no name twice."""
        names = [model.name for model in self.ladder]
        if not self.ladder or self.ladder[0].kind != "constant":
            raise ValueError("the ladder must start with a model of the kind constant: what the others have to beat")
        if all(model.kind == "constant" for model in self.ladder):
            raise ValueError("the ladder has nothing but a constant: add a model of the kind linear, mlp or trees")
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two models of the ladder are called `{twice}`")
        return self

    def to_toml(self) -> str:
        """The plan as TOML; `from_toml` reads it back to an equal plan."""
        document = tomlkit.document()
        document.add(tomlkit.comment(HEADER))
        for name, value in without_nothing(self.model_dump(mode="json")).items():
            document[name] = value
        return tomlkit.dumps(document)

    @classmethod
    def from_toml(cls, text: str, *, name: str = "the plan") -> "Plan":
        """Read a plan.

        Raises:
            BringupError: if it is not TOML, or a key is unknown, missing or out of range.
        """
        try:
            return cls.model_validate(tomlkit.parse(text).unwrap())
        except ValidationError as error:
            raise BringupError(
                f"{name} is not a plan that can be run", there=explained(error), do="`bringup plan` prints a right one"
            ) from None
        except TOMLKitError as error:
            raise BringupError(f"{name} is not TOML", there=str(error)) from None

    @classmethod
    def read(cls, path: Path) -> "Plan":
        """Read a plan from a file.

        Raises:
            BringupError: if there is no such file or it is not a plan.
        """
        try:
            return cls.from_toml(path.read_text(encoding="utf-8"), name=path.name)
        except FileNotFoundError:
            raise BringupError(f"no plan at {path}") from None
        except UnicodeDecodeError:
            raise BringupError(f"{path.name} is not TOML", there="it is not text") from None
        except OSError as error:
            raise BringupError(f"cannot read {path}", there=error.strerror or str(error)) from None


def explained(error: ValidationError) -> str:
    """The first thing that is wrong with a plan, as a clause."""
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")  # a typo explains what is missing
    place = ".".join(str(part + 1 if isinstance(part, int) else part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"there is no key `{place}`"
    if first["type"] == "missing":
        return f"`{place}` is missing"
    said = first["msg"].removeprefix("Value error, ")
    return f"`{place}`: {said[0].lower()}{said[1:]}" if place else said


def without_nothing(value: Any) -> Any:
    """Leave out what TOML cannot say: None."""
    if isinstance(value, dict):
        return {key: without_nothing(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nothing(item) for item in value]
    return value
