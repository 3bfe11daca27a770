"""Split rows into training, validation and test; the test rows are chosen first and nothing touches them until the end."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from bringup.record import Part, PartFacts, digest

TEST_SHARE = 0.2
VALIDATION_SHARE = 0.2  # of what is left
Method = Literal["stratified", "random", "group", "time", "given"]


@dataclass(frozen=True)
class Split:
    """Row numbers (positions in the typed frame), sorted, and disjoint.

    Attributes:
        test: Empty where the test rows come from a file of their own ("given").
    """

    method: Method
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    by: str | None = None

    @property
    def development(self) -> np.ndarray:
        """Training and validation rows together."""
        return np.sort(np.concatenate([self.train, self.validation]))

    def parts(self) -> dict[Part, np.ndarray]:
        """The row numbers by part."""
        return {"train": self.train, "validation": self.validation, "test": self.test}


def choose(rows: np.ndarray, share: float, seed: int, *, strata: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Part rows at random into (kept, chosen), `share` of each stratum chosen.

    A stratum keeps at least one row, so a class with one example stays in training. Rounding is by largest remainder over strata of the whole.
    """
    random = np.random.default_rng(seed)
    order = random.permutation(rows)
    labels = np.zeros(len(rows), dtype=np.int64) if strata is None else strata[order]
    chosen = np.zeros(len(rows), dtype=bool)
    carry = 0.0
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        wanted = len(members) * share + carry
        count = min(int(wanted + 0.5), len(members) - 1)
        carry = wanted - count if abs(wanted - count) < 1 else 0.0
        chosen[members[: max(count, 0)]] = True
    return np.sort(order[~chosen]), np.sort(order[chosen])


def choose_groups(rows: np.ndarray, share: float, seed: int, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Part rows into (kept, chosen) so that no group is in both; whole groups are drawn until `share` of the rows is reached."""
    names, member = np.unique(groups[rows], return_inverse=True)
    sizes = np.bincount(member, minlength=len(names))
    order = np.random.default_rng(seed).permutation(len(names))
    before = np.cumsum(sizes[order]) - sizes[order]
    drawn = order[before < share * len(rows)][: max(1, len(names) - 1)]
    chosen = np.isin(member, drawn)
    return np.sort(rows[~chosen]), np.sort(rows[chosen])


def choose_latest(rows: np.ndarray, share: float, moments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Part rows into (earlier, later): the latest `share`, whole moments, so that nothing at the border is in both."""
    order = rows[np.argsort(moments[rows], kind="stable")]
    border = moments[order[min(int(len(order) * (1 - share)), len(order) - 1)]]
    later = moments[rows] >= border
    if later.all():  # one moment only
        later = moments[rows] > border
    return np.sort(rows[~later]), np.sort(rows[later])


def split_rows(
    rows: int,
    *,
    seed: int,
    strata: np.ndarray | None = None,
    groups: np.ndarray | None = None,
    moments: np.ndarray | None = None,
    given: bool = False,
    by: str | None = None,
    validation_seed: int | None = None,
) -> Split:
    """Split `rows` rows.

    Args:
        strata: Class numbers [rows]: each part gets its share of every class.
        groups: Group numbers [rows]: no group is in two parts.
        moments: Sortable times [rows]: validation is later than training, test later than both.
        given: The test rows are in another file: none is taken here.
        validation_seed: Draw validation anew with this seed and leave the test rows as `seed` chose them (paired comparisons over seeds).
    """
    everything = np.arange(rows)
    again = seed if validation_seed is None else validation_seed

    def part(of: np.ndarray, share: float, draw: int) -> tuple[np.ndarray, np.ndarray]:
        if moments is not None:
            return choose_latest(of, share, moments)
        if groups is not None:
            return choose_groups(of, share, draw, groups)
        return choose(of, share, draw, strata=strata)

    rest, test = (everything, everything[:0]) if given else part(everything, TEST_SHARE, seed)
    train, validation = part(rest, VALIDATION_SHARE, again + 1_000_003)
    method: Method = (
        "time" if moments is not None else "group" if groups is not None else "stratified" if strata is not None else "random"
    )
    return Split(method=method, train=train, validation=validation, test=test, by=by)


def part_facts(rows: np.ndarray, target: pl.Series, *, classes: bool) -> PartFacts:
    """What a part holds, for the record."""
    values = target.gather(rows)
    if not classes:
        return PartFacts(
            rows=len(rows), digest=digest(rows.astype(np.int64)), mean=float(np.mean(values.to_numpy())) if len(rows) else None
        )
    counts = values.cast(pl.String).value_counts(name="n").sort(["n", values.name], descending=[True, False])
    return PartFacts(
        rows=len(rows), digest=digest(rows.astype(np.int64)), classes=tuple((str(a), int(b)) for a, b in counts.iter_rows())
    )
