"""What is fitted to one column, and how it turns values into inputs: numbers, categories, texts.

The state is plain JSON: loading it executes nothing.
"""

from typing import Any, Literal

import numpy as np
import polars as pl

from bringup.findings import Frozen

DENSE_LEVELS = 100  # one-hot columns a category may take; the rest shares one
TREE_LEVELS = 250  # HistGradientBoosting takes at most 255 categories a column
TEXT_FEATURES = 256
LARGEST = 1e18  # of an input: its square is still a float32
LARGEST_CODE = 1e300  # of a number for trees: the middle of two of them is still a float64
ROUNDING = 1e-12  # a spread that is this small beside the values is one of rounding errors
WHOLE = 2.0**53  # floats below it hold whole numbers exactly


class Number(Frozen):
    """A fitted number: missing values take the median, then `(value - center) / scale`.

    Attributes:
        name: The name of the input.
        column: The column it is read from.
        part: Which part of a date ("days" is the time elapsed since 1970); None for a plain number.
        indicator: Whether "was missing" is an input of its own.
    """

    kind: Literal["number"] = "number"
    name: str
    column: str
    part: str | None = None
    center: float
    scale: float
    fill: float
    indicator: bool

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


def plain(values: pl.Series, part: str | None = None) -> pl.Series:
    """A column as float64: a part of a date, or the number itself; truth values are 0 and 1, infinities and NaN are null."""
    if part is not None:
        moments = values.cast(pl.Datetime("us"))
        if part == "days":
            return moments.dt.timestamp("us").cast(pl.Float64) / 86_400e6
        return getattr(moments.dt, part)().cast(pl.Float64)
    numbers = values.cast(pl.Float64, strict=False)
    return numbers.set(~numbers.is_finite(), None)


def levels_of(values: pl.Series) -> pl.Series:
    """A category as text; a whole number reads the same, whether it is held as 5 or as 5.0."""
    if values.dtype == pl.String:
        return values
    if not values.dtype.is_float():
        return values.cast(pl.String)
    whole = (values.abs() < WHOLE) & (values % 1 == 0)
    return values.cast(pl.Int64, strict=False).cast(pl.String).zip_with(whole.fill_null(False), values.cast(pl.String))


def fit_number(name: str, values: pl.Series, scale: str, *, column: str | None = None, part: str | None = None) -> Number:
    """Centre, scale and median of the values that are there; a constant or missing column is left unscaled."""
    column = column or name
    there = values.drop_nulls().to_numpy()
    if not len(there):
        return Number(name=name, column=column, part=part, center=0.0, scale=1.0, fill=0.0, indicator=True)
    missing = values.null_count() > 0
    fill = middle(there)
    filled = np.append(there, np.full(values.null_count(), fill)) if missing else there
    center, spread, top = center_and_spread(filled)
    divisor = spread if scale == "std" else min(max(spread * spread, 1e-300), LARGEST_CODE)
    if spread <= ROUNDING * top:  # no spread: dividing by it would blow rounding errors up to unit scale
        divisor = 1.0
    return Number(name=name, column=column, part=part, center=center, scale=divisor, fill=fill, indicator=missing)


def middle(values: np.ndarray) -> float:
    """The median; that of huge values is taken at half their size, so that the mean of two does not overflow."""
    return float(np.median(values / 2)) * 2 if float(np.abs(values).max()) > LARGEST_CODE else float(np.median(values))


def center_and_spread(values: np.ndarray) -> tuple[float, float, float]:
    """Mean, standard deviation and largest size; values whose squares would leave float64 are scaled to 1 first."""
    top = float(np.abs(values).max())
    if top == 0 or 1e-140 < top < 1e140:
        return float(values.mean()), float(values.std()), top
    unit = values / top
    return float(unit.mean()) * top, float(unit.std()) * top, top


def fill_number(state: Number, values: pl.Series, block: np.ndarray) -> np.ndarray:
    """Write the dense inputs of a number into `block` [rows, inputs]; return its column for trees [rows, 1]."""
    filled = values.fill_null(state.fill).to_numpy()
    with np.errstate(over="ignore"):  # what leaves the range is cut
        block[:, 0] = np.clip((filled - state.center) / state.scale, -LARGEST, LARGEST)
    if state.indicator:
        block[:, 1] = values.is_null().to_numpy()
    return np.clip(values.fill_null(float("nan")).to_numpy(), -LARGEST_CODE, LARGEST_CODE).reshape(-1, 1)


def fit_category(name: str, values: pl.Series) -> Category:
    """Levels by falling frequency (ties by name); a level seen once tells nothing and shares "other"."""
    counts = values.drop_nulls().alias("level").value_counts(name="rows").sort(["rows", "level"], descending=[True, False])
    floor = 2 if len(values) < 1000 else 5
    kept = counts.filter(pl.col("rows") >= floor)["level"].to_list()[:TREE_LEVELS]
    levels = tuple(kept or counts["level"].to_list()[:TREE_LEVELS])
    other = len(counts) > min(len(levels), DENSE_LEVELS)
    return Category(name=name, levels=levels, other=other, missing=values.null_count() > 0)


def fill_category(state: Category, values: pl.Series, block: np.ndarray) -> np.ndarray:
    """Write the dense inputs of a category into `block` [rows, inputs]; return its level numbers for trees [rows, 1]."""
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


def fit_text(name: str, values: pl.Series) -> Text:
    """Inverse document frequencies of hashed words, smoothed as if one more document held every word."""
    counts = hashed(values)
    seen = np.asarray((counts > 0).sum(axis=0)).ravel()
    idf = np.log((1 + len(values)) / (1 + seen)) + 1
    return Text(name=name, idf=tuple(float(weight) for weight in idf))


def hashed(values: pl.Series) -> Any:
    """Word counts [rows, TEXT_FEATURES], sparse."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import HashingVectorizer

    settings: dict[str, Any] = {"n_features": TEXT_FEATURES, "alternate_sign": False, "norm": None}
    if not len(values):
        return csr_matrix((0, TEXT_FEATURES))
    return HashingVectorizer(**settings).transform(values.cast(pl.String).fill_null("").to_list())


def fill_text(state: Text, values: pl.Series, block: np.ndarray) -> np.ndarray:
    """Write the dense inputs of a text into `block`: weighted, each row of unit length; return the same for trees."""
    weighted = hashed(values).toarray() * np.asarray(state.idf)
    length = np.linalg.norm(weighted, axis=1, keepdims=True)
    block[:] = weighted / np.where(length > 0, length, 1)
    return block.astype(np.float64)


def fill(state: State, frame: pl.DataFrame, block: np.ndarray) -> np.ndarray:
    """Write a column's dense inputs into `block` [rows, inputs of the state]; return what trees get of it [rows, columns]."""
    if isinstance(state, Number):
        return fill_number(state, plain(frame[state.column], state.part), block)
    if isinstance(state, Category):
        return fill_category(state, levels_of(frame[state.name]), block)
    return fill_text(state, frame[state.name], block)
