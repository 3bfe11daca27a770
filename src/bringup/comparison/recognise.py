"""Which published data set a table is, told from its content: files are renamed, headers dropped, columns reordered.

`datasets.toml` holds a fingerprint of every tabular data set of the registry: row counts of its usual variants, the target's
class shares or mean and deviation, and of every input the mean, deviation and number of levels. (`benchmarks/catalogue.py`
writes it from the data.) A wrong name beside a person's own result would be worse than none, so all of it has to agree.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from math import isclose

from bringup.findings import Frozen
from bringup.record import ColumnFacts, RawFacts, TargetFacts

ROW_TOLERANCE = 0.02  # relative: copies differ by a few dropped rows
SHARE_TOLERANCE = 0.02  # of a class, absolute
MEAN_TOLERANCE = 0.05  # in standard deviations of the catalogue: variants of a data set, its training half, differ by less
STD_TOLERANCE = 0.10  # relative
MATCHED_INPUTS = 0.8  # share of the catalogue's inputs that must be found
EXTRA_INPUTS = 3  # columns beyond the catalogue's: a row number, a second label
EXACT_SHARE = 0.005  # instead of both 2 % tolerances where no input is a number, and less is known


class Fingerprint(Frozen):
    """What is known of one data set.

    Attributes:
        name: As in `known_results.csv`.
        rows: Row counts of its variants: as published, training half, rows with unknown values removed.
        test_rows: Rows of its official test file, if it has one.
        target: Class shares, largest first; of a regression the mean and standard deviation.
        numbers: Mean, standard deviation and number of distinct values of every numeric input.
        levels: Number of distinct values of every other input.
    """

    name: str
    task: str
    rows: tuple[int, ...]
    test_rows: int | None = None
    target: tuple[float, ...]
    numbers: tuple[tuple[float, float, int], ...] = ()
    levels: tuple[int, ...] = ()

    @property
    def inputs(self) -> int:
        """How many inputs there are."""
        return len(self.numbers) + len(self.levels)


@cache
def catalogue() -> tuple[Fingerprint, ...]:
    """Return the fingerprints that ship with the package."""
    content = files("bringup.comparison").joinpath("datasets.toml").read_text(encoding="utf-8")
    return tuple(Fingerprint.model_validate(entry) for entry in tomllib.loads(content)["dataset"])


def recognise(raw: RawFacts, columns: tuple[ColumnFacts, ...], target: TargetFacts) -> str | None:
    """Return the registry's name of this data set, or None.

    Args:
        raw: The raw data as found; only the row count is read, never the name of a file.
        columns: All columns, those that were dropped too. Their order and names do not matter.
        target: What is to be predicted; the same table with another target is another problem, and not recognised.
    """
    inputs = [column for column in columns if column.role != "target" and column.name != target.name]
    fits = [(_matched(entry, inputs), entry.name) for entry in catalogue() if _same_problem(entry, raw, target, len(inputs))]
    share, name = max(fits, default=(0.0, ""))
    return name if share >= MATCHED_INPUTS else None


def _same_problem(entry: Fingerprint, raw: RawFacts, target: TargetFacts, inputs: int) -> bool:
    exact = not entry.numbers
    rows = any(isclose(raw.rows, count, rel_tol=EXACT_SHARE if exact else ROW_TOLERANCE) for count in entry.rows)
    width = MATCHED_INPUTS * entry.inputs <= inputs <= entry.inputs + EXTRA_INPUTS
    return (
        entry.task == target.task and rows and width and _same_target(entry, target, EXACT_SHARE if exact else SHARE_TOLERANCE)
    )


def _same_target(entry: Fingerprint, target: TargetFacts, tolerance: float) -> bool:
    if entry.task == "regression":
        return target.mean is not None and _same_number(target.mean, target.std, entry.target[0], entry.target[1])
    total = sum(count for _, count in target.classes)
    shares = sorted((count / total for _, count in target.classes if total), reverse=True)
    return len(shares) == len(entry.target) and all(
        abs(ours - theirs) <= tolerance for ours, theirs in zip(shares, entry.target, strict=True)
    )


def _matched(entry: Fingerprint, inputs: list[ColumnFacts]) -> float:
    """The share of the catalogue's inputs that are found, each in a column of its own."""
    free = list(inputs)
    found = 0
    for mean, std, distinct in entry.numbers:
        found += _take(free, (column for column in free if _is_number(column, mean, std, distinct)))
    for levels in entry.levels:
        found += _take(free, (column for column in free if _same_levels(column.distinct, levels)))
    return found / entry.inputs


def _take(free: list[ColumnFacts], fitting: Iterable[ColumnFacts]) -> int:
    for column in fitting:
        free.remove(column)
        return 1
    return 0


def _is_number(column: ColumnFacts, mean: float, std: float, distinct: int) -> bool:
    if column.mean is None:  # read as a category: the number of its values is all that can be compared
        return _same_levels(column.distinct, distinct)
    return _same_number(column.mean, column.std, mean, std)


def _same_number(mean: float, std: float | None, known_mean: float, known_std: float) -> bool:
    if known_std == 0:
        return isclose(mean, known_mean, rel_tol=1e-6, abs_tol=1e-9) and not std
    return (
        abs(mean - known_mean) <= MEAN_TOLERANCE * known_std and std is not None and abs(std / known_std - 1) <= STD_TOLERANCE
    )


def _same_levels(distinct: int, known: int) -> bool:
    """A token for "missing" may be counted as a value or not; of few levels every one counts."""
    return distinct == known or (known >= 5 and abs(distinct - known) <= max(1, 0.02 * known))
