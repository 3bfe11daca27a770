"""The peer that a run is held against: scikit-learn's HistGradientBoosting with defaults, on the run's own split."""

import csv
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from bringup.comparison.row_metrics import accuracy, r2
from bringup.comparison.statistics import Interval, paired_bootstrap
from bringup.data.sources.names import unique_names
from datasets import Dataset

LEVELS = 255  # what HistGradientBoosting takes as a category; columns with more are given as the rank of the text
UNUSED = ("dropped", "identifier", "constant")


@dataclass(frozen=True)
class Peer:
    """Our figure and the peer's on the same test rows.

    `difference` is ours minus the peer's with its 95 % interval over test rows; "no worse beyond noise" means that it reaches
    zero.
    """

    metric: str
    ours: float
    peer: float
    difference: Interval
    rows: int

    @property
    def no_worse(self) -> bool:
        """Whether we are not behind by more than noise."""
        return self.difference.high >= 0


def held_against(dataset: Dataset, folder: Path, document: dict[str, Any], *, seed: int = 0) -> Peer:
    """Train the peer on the training and validation rows of a run and compare the two on its test rows.

    Args:
        folder: The run folder with split.json (row numbers in the raw data, from 0; of the test file where there is one) and
            predictions.csv (row, truth, prediction).
        document: run.json; columns that the run did not use are kept from the peer as well.
        seed: Of the bootstrap. The peer is fitted with `random_state=0`.

    Raises:
        ValueError: predictions.csv is not of the test rows of split.json, or its truth is not that of the raw data.
    """
    split = json.loads((folder / "split.json").read_text(encoding="utf-8"))
    predictions = pd.read_csv(folder / "predictions.csv").set_index("row").loc[split["test"]]
    table = read(dataset.data, dataset)
    test_table = read(dataset.test, dataset) if dataset.test else table
    unused = unused_columns(document, folder)
    train, test = inputs(
        table.iloc[[*split["train"], *split["validation"]]], test_table.iloc[split["test"]], drop={*unused, dataset.target}
    )
    goal = truth(table[dataset.target], dataset.task).to_numpy()[[*split["train"], *split["validation"]]]
    y = truth(test_table[dataset.target], dataset.task).to_numpy()[split["test"]]
    ours = truth(predictions["prediction"], dataset.task).to_numpy()
    same_truth(y, truth(predictions["truth"], dataset.task).to_numpy())
    model = (HistGradientBoostingClassifier if dataset.task == "classification" else HistGradientBoostingRegressor)(
        random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = model.fit(train, goal).predict(test)
    metric = accuracy if dataset.task == "classification" else r2
    difference = paired_bootstrap(metric, y, ours, theirs, seed=seed)
    return Peer(metric.name, metric(y, ours), metric(y, theirs), difference, len(y))


def same_truth(raw: np.ndarray, written: np.ndarray) -> None:
    """Raise ValueError where the truth of predictions.csv is not that of the raw rows: the rows would be mixed up."""
    equal = np.isclose(raw, written, rtol=1e-5) if raw.dtype.kind == "f" else raw == written
    if not equal.all():
        raise ValueError(
            f"the truth of {int((~equal).sum())} of {len(raw)} rows in predictions.csv is not that of the raw data"
        )


def read(path: Path, dataset: Dataset) -> pd.DataFrame:
    """Read a table as published: `?` and NA are unknown, a line that starts with `|` is no data."""
    names = dict(zip(dataset.options[::2], dataset.options[1::2], strict=True)).get("--names")
    layout: dict[str, Any] = {"header": None, "names": names.split(","), "comment": "|"} if names else {}
    table = pd.read_csv(path, skipinitialspace=True, na_values=["?"], low_memory=False, **layout)
    if not names:
        with path.open(newline="", encoding="utf-8") as file:
            table.columns = list(unique_names(next(csv.reader(file)))[0])  # as the run calls them
    return table


def truth(values: pd.Series, task: str) -> pd.Series:
    """Targets in one form: numbers, or labels as text without the final stop of adult.test, whole numbers without `.0`."""
    if task == "regression":
        return values.astype(float)
    return values.astype(str).str.strip().str.removesuffix(".").str.removesuffix(".0")


def inputs(train: pd.DataFrame, test: pd.DataFrame, *, drop: set[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the peer is given: numbers as they are, text as categories of the training rows, long lists of text as ranks."""
    kept = [name for name in train.columns if name not in drop and train[name].notna().any()]
    columns: dict[str, tuple[Any, Any]] = {}
    for name in kept:
        values = train[name]
        if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            columns[name] = (values.astype(float), test[name].astype(float))
            continue
        kinds = sorted(values.dropna().astype(str).unique())
        coded = [pd.Categorical(part[name].astype("string"), categories=kinds) for part in (train, test)]
        if len(kinds) > LEVELS:
            coded = [np.where(part.codes < 0, np.nan, part.codes) for part in coded]
        columns[name] = (coded[0], coded[1])
    first, second = (pd.DataFrame({name: list_(pair[i]) for name, pair in columns.items()}) for i in (0, 1))
    return first, second


def list_(values: Any) -> Any:
    """Drop the row labels, so that columns are put together by position."""
    return values.to_numpy() if isinstance(values, pd.Series) else values


def unused_columns(document: dict[str, Any], folder: Path) -> set[str]:
    """The columns that the run read but did not use: those of record.json, overruled by the roles of its plan."""
    path = folder / "record.json"
    columns = json.loads(path.read_text(encoding="utf-8")).get("columns") or [] if path.exists() else []
    roles = {column["name"]: column["role"] for column in columns} | dict(document.get("plan", {}).get("roles") or {})
    return {name for name, role in roles.items() if role in UNUSED}
