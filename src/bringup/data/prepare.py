"""Prepare inputs: everything that is fitted is fitted on training rows only, and the fitted state is plain JSON.

The state is our own rather than a pickled or zipped scikit-learn transformer because the lock compares it value by value ("column `age`: mean
38.6 → 41.2") and because a saved run must load without executing anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from bringup.data.schema import Schema
from bringup.findings import Frozen
from bringup.record import InputFacts, PreparedFacts, digest

DENSE_LEVELS = 100  # one-hot columns a category may take; the rest shares one
TREE_LEVELS = 250  # HistGradientBoosting takes at most 255 categories a column
TEXT_FEATURES = 256
DATE_PARTS = {"year": "year", "month": "month", "weekday": "weekday", "hour": "hour"}


class Number(Frozen):
    """A fitted number: missing values take the median, then `(value - center) / scale`."""

    kind: Literal["number"] = "number"
    name: str
    center: float
    scale: float
    fill: float
    indicator: bool  # whether "was missing" is an input of its own

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs it becomes."""
        return (self.name, f"{self.name} is missing") if self.indicator else (self.name,)


class Category(Frozen):
    """A fitted category: one input a level, commonest first; levels never seen in training go to "other"."""

    kind: Literal["category"] = "category"
    name: str
    levels: tuple[str, ...]
    other: bool
    missing: bool

    @property
    def shown(self) -> tuple[str, ...]:
        """The levels that get an input of their own."""
        return self.levels[:DENSE_LEVELS]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs it becomes."""
        extra = (["other"] if self.other else []) + (["missing"] if self.missing else [])
        return tuple(f"{self.name} = {level}" for level in (*self.shown, *extra))


class Text(Frozen):
    """A fitted text: hashed word counts weighted by inverse document frequency (Salton & Buckley 1988)."""

    kind: Literal["text"] = "text"
    name: str
    idf: tuple[float, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the inputs it becomes."""
        return tuple(f"{self.name} word {index}" for index in range(len(self.idf)))


State = Number | Category | Text


@dataclass(frozen=True)
class Inputs:
    """Prepared rows, in two views of the same columns.

    Attributes:
        dense: float32 [rows, inputs], standardised and one-hot, never NaN: for networks and linear models.
        codes: float64 [rows, columns], numbers as they are and level numbers, NaN where missing: for trees.
        categorical: Which columns of `codes` are level numbers.
    """

    dense: np.ndarray
    codes: np.ndarray
    categorical: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.dense)

    def take(self, rows: np.ndarray) -> "Inputs":
        """The inputs of some rows."""
        return Inputs(self.dense[rows], self.codes[rows], self.categorical)


class Preparer(Frozen):
    """The fitted preparation of one data set."""

    states: tuple[State, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the dense inputs."""
        return tuple(name for state in self.states for name in state.names)

    def __call__(self, typed: pl.DataFrame) -> Inputs:
        """Prepare rows of a typed frame.

        Args:
            typed: The columns of the schema, as `typed()` gives them.
        """
        frame = expand(typed)
        dense = np.zeros((len(frame), len(self.names)), dtype=np.float32)
        codes: list[np.ndarray] = []
        categorical: list[bool] = []
        start = 0
        for state in self.states:
            block = dense[:, start : start + len(state.names)]
            trees = FILL[state.kind](state, frame[state.name], block)
            codes.append(trees)
            categorical.extend([state.kind == "category"] * trees.shape[1])
            start += len(state.names)
        empty = np.zeros((len(frame), 0))
        return Inputs(dense, np.concatenate(codes, axis=1) if codes else empty, tuple(categorical))


def expand(typed: pl.DataFrame) -> pl.DataFrame:
    """Turn dates into numbers (time elapsed in days, year, month, weekday, hour), truth values into 0 and 1, infinities into nulls."""
    dates = [name for name, dtype in typed.schema.items() if dtype.is_temporal()]
    parts = [
        getattr(pl.col(name).dt, method)().cast(pl.Float64).alias(f"{name}.{part}")
        for name in dates
        for part, method in DATE_PARTS.items()
    ]
    elapsed = [(pl.col(name).cast(pl.Datetime("us")).dt.timestamp("us") / 86_400e6).alias(f"{name}.days") for name in dates]
    numbers = [
        pl.when(pl.col(name).cast(pl.Float64).is_finite()).then(pl.col(name).cast(pl.Float64)).alias(name)
        for name, dtype in typed.schema.items()
        if dtype.is_numeric() or dtype == pl.Boolean
    ]
    return typed.with_columns(*elapsed, *parts, *numbers)


def fit_preparer(train: pl.DataFrame, schema: Schema, *, scale: Literal["std", "variance"] = "std") -> Preparer:
    """Fit the preparation to training rows.

    Args:
        train: Typed training rows, and no others.
        schema: Which columns are inputs, and what they are.
        scale: What the centred values are divided by. The standard deviation gives unit scale; "variance" is the seed recipe to the letter.
    """
    frame = expand(train)
    states: list[State] = []
    for column in schema.inputs:
        if column.role == "category" and frame.schema[column.name] == pl.String:
            states.append(fit_category(column.name, frame[column.name]))
        elif column.role == "text":
            states.append(fit_text(column.name, frame[column.name]))
        elif column.role == "date":
            states.extend(fit_number(name, frame[name], scale) for name in date_names(column.name, frame))
        elif column.role == "category":  # numbers and truth values that are names
            states.append(fit_category(column.name, frame[column.name].cast(pl.String)))
        else:
            states.append(fit_number(column.name, frame[column.name], scale))
    return Preparer(states=tuple(states))


def date_names(name: str, frame: pl.DataFrame) -> Iterable[str]:
    """The parts of a date that vary in the training rows; elapsed time always counts."""
    yield f"{name}.days"
    for part in DATE_PARTS:
        if frame[f"{name}.{part}"].n_unique() > 1:
            yield f"{name}.{part}"


def fit_number(name: str, values: pl.Series, scale: str) -> Number:
    """Centre, scale and median of the values that are there; a constant or missing column is left unscaled."""
    there = values.drop_nulls().to_numpy()
    if not len(there):
        return Number(name=name, center=0.0, scale=1.0, fill=0.0, indicator=True)
    missing = values.null_count() > 0
    fill = float(np.median(there))
    filled = np.append(there, np.full(values.null_count(), fill)) if missing else there
    spread = float(filled.std())
    # a spread of rounding errors is no spread: dividing by it would blow noise up to unit scale
    degenerate = spread <= 1e-12 * max(1.0, float(np.abs(filled).max()))
    divisor = 1.0 if degenerate else spread if scale == "std" else spread**2
    return Number(name=name, center=float(filled.mean()), scale=divisor, fill=fill, indicator=missing)


def fit_category(name: str, values: pl.Series) -> Category:
    """Levels by falling frequency (ties by name); a level seen once tells nothing and shares "other"."""
    counts = (
        values.drop_nulls()
        .value_counts()
        .sort([pl.col("count"), pl.col(name)], descending=[True, False])
        .rename({name: "level"})
    )
    floor = 2 if len(values) < 1000 else 5
    kept = counts.filter(pl.col("count") >= floor)["level"].to_list()[:TREE_LEVELS]
    levels = tuple(kept or counts["level"].to_list()[:TREE_LEVELS])
    return Category(
        name=name, levels=levels, other=len(counts) > min(len(levels), DENSE_LEVELS), missing=values.null_count() > 0
    )


def fit_text(name: str, values: pl.Series) -> Text:
    """Inverse document frequencies of hashed words, smoothed as if one more document held every word."""
    counts = hashed(values)
    seen = np.asarray((counts > 0).sum(axis=0)).ravel()
    idf = np.log((1 + len(values)) / (1 + seen)) + 1
    return Text(name=name, idf=tuple(float(weight) for weight in idf))


def hashed(values: pl.Series):
    """Word counts [rows, TEXT_FEATURES], sparse."""
    from sklearn.feature_extraction.text import HashingVectorizer

    return HashingVectorizer(n_features=TEXT_FEATURES, alternate_sign=False, norm=None).transform(
        values.fill_null("").to_list()
    )


def fill_number(state: Number, values: pl.Series, block: np.ndarray) -> np.ndarray:
    """Write the dense inputs of a number into `block`; return its column for trees."""
    block[:, 0] = ((values.fill_null(state.fill) - state.center) / state.scale).to_numpy()
    if state.indicator:
        block[:, 1] = values.is_null().to_numpy()
    return values.fill_null(float("nan")).to_numpy().reshape(-1, 1)


def fill_category(state: Category, values: pl.Series, block: np.ndarray) -> np.ndarray:
    """Write the dense inputs of a category into `block`; return its column for trees."""
    if values.dtype != pl.String:
        values = values.cast(pl.String)
    other = len(state.levels)
    found = values.cast(pl.Enum(state.levels), strict=False).to_physical().cast(pl.Float64)
    unknown = found.is_null() & values.is_not_null()
    codes = found.fill_null(float("nan")).to_numpy().copy()
    codes[unknown.to_numpy()] = other
    missing = np.isnan(codes)
    shown = len(state.shown)
    column = np.where(missing, -1, np.minimum(codes, shown)).astype(np.int64)
    place = np.flatnonzero((column >= 0) & (column < shown))
    block[place, column[place]] = 1
    if state.other:
        block[column >= shown, shown] = 1
    if state.missing:
        block[missing, shown + state.other] = 1
    return codes.reshape(-1, 1)


def fill_text(state: Text, values: pl.Series, block: np.ndarray) -> np.ndarray:
    """Write the dense inputs of a text into `block`: weighted, each row of unit length; return the same for trees."""
    weighted = hashed(values).toarray() * np.asarray(state.idf)
    length = np.linalg.norm(weighted, axis=1, keepdims=True)
    block[:] = weighted / np.where(length > 0, length, 1)
    return block.astype(np.float64)


FILL = {"number": fill_number, "category": fill_category, "text": fill_text}


def prepared_facts(inputs: Inputs, names: tuple[str, ...]) -> PreparedFacts:
    """What the training inputs look like, for the record."""
    dense = inputs.dense
    facts = ()
    if len(dense) and dense.shape[1]:
        columns = zip(
            names,
            dense.mean(axis=0, dtype=np.float64),
            dense.std(axis=0, dtype=np.float64),
            dense.min(axis=0),
            dense.max(axis=0),
            strict=True,
        )
        facts = tuple(
            InputFacts(name=n, mean=float(m), std=float(s), minimum=float(a), maximum=float(b)) for n, m, s, a, b in columns
        )
    non_finite = int((~np.isfinite(dense)).sum())
    return PreparedFacts(rows=len(dense), inputs=facts, dtype=str(dense.dtype), non_finite=non_finite, digest=digest(dense))
