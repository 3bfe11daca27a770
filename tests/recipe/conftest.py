"""Small tables with a known answer, small plans, and the program as a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from bringup import api
from bringup.api import RunResult
from bringup.recipe.context import Outcome
from bringup.recipe.plan import Plan
from bringup.recipe.run import RUNNERS

ROWS = 240


def table(rows: int = ROWS, *, seed: int = 0) -> pl.DataFrame:
    """Two numbers and a category that give a yes or a no, with some noise and some missing values."""
    random = np.random.default_rng(seed)
    x, z, kind = random.normal(size=rows), random.normal(size=rows), random.choice(list("abc"), rows)
    score = 1.5 * x + z + 0.5 * z * z + (kind == "a") + 0.5 * random.normal(size=rows)
    frame = pl.DataFrame({"x": x, "z": z, "kind": kind, "y": np.where(score > np.median(score), "yes", "no"), "score": score})
    return frame.with_columns(x=pl.when(pl.int_range(rows) % 17 == 3).then(None).otherwise(pl.col("x")))


def classes(rows: int = ROWS, *, seed: int = 0) -> pl.DataFrame:
    """The table with its target of two classes."""
    return table(rows, seed=seed).drop("score")


def values(rows: int = ROWS, *, seed: int = 0) -> pl.DataFrame:
    """The table with its target of values."""
    return table(rows, seed=seed).drop("y")


def write(frame: pl.DataFrame, path: Path) -> Path:
    """Write a table where its suffix says how."""
    frame.write_csv(path)
    return path


def small(plan: Plan, *, seeds: int = 3, trials: int = 0, kinds: tuple[str, ...] = (), **training: Any) -> Plan:
    """A plan that costs little: few seeds and trials, some rungs of the ladder, other settings of the network."""
    ladder = tuple(
        model.model_copy(update={"training": model.training.model_copy(update={"epochs": 20, **training})})
        if model.training
        else model
        for model in plan.ladder
        if not kinds or model.kind in kinds
    )
    budget = plan.budget.model_copy(update={"seeds": seeds, "trials": trials})
    return plan.model_copy(update={"ladder": ladder, "budget": budget})


RunSmall = Callable[..., RunResult]


def pass_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pass over the gates that train networks of their own."""
    for gate in ("twin", "run", "overfit-one-batch"):
        monkeypatch.setitem(RUNNERS, gate, lambda context: Outcome(True, "passed over"))


@pytest.fixture
def run_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunSmall:
    """Run a table through a small plan; options of the plan, of `small`, and of the run.

    Without a network on the ladder, the gates that train one are passed over.
    """

    def run(
        frame: pl.DataFrame, target: str = "y", *, plan: dict | None = None, edit: dict | None = None, **how: Any
    ) -> RunResult:
        if "mlp" not in (edit or {}).get("kinds", ("mlp",)):
            pass_over(monkeypatch)
        place = tmp_path / str(len(list(tmp_path.iterdir())))
        place.mkdir()
        path = write(frame, place / "data.csv")
        made = small(api.plan(path, target=target, **(plan or {})), **(edit or {}))
        (place / "plan.toml").write_text(made.to_toml())
        return api.run_plan(place / "plan.toml", folder=place / "run", **how)

    return run


@dataclass(frozen=True)
class Finished:
    """How a process ended."""

    code: int
    out: str
    err: str


@dataclass
class Program:
    """`bringup` in a process of its own; what it writes goes to files, so that no pipe fills up."""

    folder: Path

    def start(self, *arguments: object, **options: Any) -> subprocess.Popen:
        """Start it."""
        with (self.folder / "out").open("wb") as out, (self.folder / "err").open("wb") as err:
            return subprocess.Popen(
                [sys.executable, "-c", "from bringup.cli import main; main()", *map(str, arguments)],
                stdout=out,
                stderr=err,
                env=os.environ | {"PYTHONWARNINGS": "ignore", **options.pop("env", {})},
                **options,
            )

    def ended(self, process: subprocess.Popen) -> Finished:
        """Wait for its end."""
        code = process.wait(180)
        return Finished(code, (self.folder / "out").read_text(), (self.folder / "err").read_text())

    def __call__(self, *arguments: object, **options: Any) -> Finished:
        """Run it."""
        return self.ended(self.start(*arguments, **options))


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program."""
    return Program(tmp_path)


def step(result: RunResult | dict, name: str) -> Any:
    """One step of a document."""
    steps = result["steps"] if isinstance(result, dict) else result.document.to_json()["steps"]
    return next(entry for entry in steps if entry["step"] == name)


SPENT = ("seconds", "examples_per_second", "peak_bytes", "available_bytes", "estimated_seconds", "folder", "report", "source")


def without_cost(value: Any) -> Any:
    """The same without what differs between two runs that are alike: what they took, and where they are."""
    if isinstance(value, dict):
        return {key: without_cost(part) for key, part in value.items() if key not in SPENT}
    return [without_cost(part) for part in value] if isinstance(value, list) else value


def differing(one: Any, other: Any, place: str = "") -> list[str]:
    """The places where two results differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [d for key in sorted({*one, *other}) for d in differing(one.get(key), other.get(key), f"{place}/{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [d for index, pair in enumerate(zip(one, other, strict=True)) for d in differing(*pair, f"{place}/{index}")]
    return [] if one == other else [f"{place}: {str(one)[:60]} ≠ {str(other)[:60]}"]


def results(folder: Path) -> dict[str, Any]:
    """All that a run ended with, and that must not depend on when and how often it was stopped."""
    found: dict[str, Any] = {"run.json": without_cost(json.loads((folder / "run.json").read_text()))}
    for name in ("bringup.lock", "record.json"):
        found[name] = without_cost(json.loads((folder / name).read_text()))
    for entry in found["run.json"]["steps"]:
        if entry["step"] == "plan":
            entry.pop("summary")  # it estimates what the run will cost
    for name in ("predictions.csv", "split.json", "series.csv", "model/preparer.json", "model/model.json"):
        found[name] = (folder / name).read_bytes()
    return found


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """The helpers of this file, for tests."""
    return SimpleNamespace(
        classes=classes,
        values=values,
        write=write,
        small=small,
        step=step,
        results=results,
        differing=differing,
        pass_over=pass_over,
        without_cost=without_cost,
    )
