"""Published figures for data sets that are recognised by their content."""

import csv
from functools import cache
from importlib.resources import files

from bringup.findings import Frozen

# The order of worth of a known result (DESIGN §4.6). The registry holds no figures of the two steps between "paper" and
# "baseline", one's own model on a benchmark data set and a similar model on a similar one: these come from a person's own runs.
WORTH = ("official-implementation", "benchmark", "unofficial-implementation", "paper", "baseline")

LOWER_IS_BETTER = frozenset({"rmse", "mae"})

# metric in the file → our name, and the line (slope, offset) that turns its unit into ours
_UNITS = {
    "accuracy": ("accuracy", 1.0, 0.0),
    "accuracy_pct": ("accuracy", 0.01, 0.0),
    "error_pct": ("accuracy", -0.01, 1.0),
    "error_rate": ("accuracy", -1.0, 1.0),
    "r2": ("r2", 1.0, 0.0),
    "rmse": ("rmse", 1.0, 0.0),
    "mae": ("mae", 1.0, 0.0),
}


class KnownResult(Frozen):
    """A published figure beside ours. `within_spread` is None where the figure is of another kind of model."""

    dataset: str
    model: str
    metric: str
    value: float
    std: float | None = None
    kind: str
    protocol: str
    source: str
    year: int | None = None
    ours: float | None = None
    ours_model: str | None = None
    within_spread: bool | None = None
    comparable: bool = False
    note: str = ""


def known_results(dataset: str, task: str) -> tuple[KnownResult, ...]:
    """Return what was published on a data set, in the order of worth, the best figure of each kind first.

    Figures are in our units: accuracy as a share (from percent and from error rates), "r2", "rmse" and "mae" as they are. Rows
    in other metrics (likelihoods, audits of labels) are left out.

    Args:
        dataset: The registry's name, as `recognise` gives it.
        task: "classification" or "regression"; another task on the same data has other results.
    """
    found = (result for row_task, result in _registry() if result.dataset == dataset and row_task.endswith(task))
    return tuple(sorted(found, key=_worth))


def _worth(result: KnownResult) -> tuple[int, float, str]:
    sign = 1 if result.metric in LOWER_IS_BETTER else -1
    return WORTH.index(result.kind), sign * result.value, result.model


@cache
def _registry() -> tuple[tuple[str, KnownResult], ...]:
    """All rows in metrics that we know, each with its task."""
    content = files("bringup.comparison").joinpath("known_results.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(content.splitlines())
    return tuple((row["task"], _result(row)) for row in rows if row["metric"] in _UNITS)


def _result(row: dict[str, str]) -> KnownResult:
    metric, slope, offset = _UNITS[row["metric"]]
    return KnownResult(
        dataset=row["dataset"],
        model=row["model"],
        metric=metric,
        value=round(slope * float(row["value"]) + offset, 9),
        std=round(abs(slope) * float(row["std"]), 9) if row["std"] else None,
        kind=row["kind"],
        protocol=row["protocol"],
        source=row["source"],
        year=int(row["year"]) if row["year"] else None,
    )
