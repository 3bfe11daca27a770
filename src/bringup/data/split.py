"""Split rows into training, validation and test; the test rows are chosen first and nothing touches them until the end."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from bringup.errors import BringupError
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

    A stratum keeps at least one row, so a class with one example stays in training; where every stratum has one row, strata
    cannot
    be kept and rows are drawn regardless of them. What rounding leaves over goes to the next stratum.
    """
    order = np.random.default_rng(seed).permutation(rows)
    labels = np.zeros(len(rows), dtype=np.int64) if strata is None else strata[order]
    if len(np.unique(labels)) == len(labels):
        labels = np.zeros(len(rows), dtype=np.int64)
    chosen = np.zeros(len(rows), dtype=bool)
    carry = 0.0
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        wanted = len(members) * share + carry
        count = max(0, min(int(wanted + 0.5), len(members) - 1))
        carry = wanted - count if abs(wanted - count) < 1 else 0.0
        chosen[members[:count]] = True
    if not chosen.any() and len(rows) > 1 and share > 0:  # few rows, most of them alone in their class
        names, sizes = np.unique(labels, return_counts=True)
        chosen[np.flatnonzero(labels == names[sizes.argmax()])[0]] = True
    return np.sort(order[~chosen]), np.sort(order[chosen])


def choose_groups(
    rows: np.ndarray, share: float, seed: int, groups: np.ndarray, *, keep: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Part rows into (kept, chosen) so that no group is in both.

    Groups are drawn at random, and one is taken where that brings the number of rows nearer to `share`: a group that holds most
    of
    the rows is not taken. At least one group is chosen, and at least `keep` groups are kept.
    """
    _, member = np.unique(groups[rows], return_inverse=True)
    sizes = np.bincount(member)
    wanted, taken = share * len(rows), 0
    drawn: list[int] = []
    for group in np.random.default_rng(seed).permutation(len(sizes)):
        if taken >= wanted or len(drawn) >= len(sizes) - keep:
            break
        if abs(taken + sizes[group] - wanted) < abs(taken - wanted):
            drawn.append(int(group))
            taken += int(sizes[group])
    chosen = np.isin(member, drawn or [int(sizes.argmin())])
    return np.sort(rows[~chosen]), np.sort(rows[chosen])


def choose_latest(rows: np.ndarray, share: float, moments: np.ndarray, *, before: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Part rows into (earlier, later): as near to the latest `share` as whole moments allow, so that no moment is in both.

    Args:
        before: Distinct moments that stay in the earlier part.
    """
    names, member = np.unique(moments[rows], return_inverse=True)
    later = len(rows) - np.cumsum(np.bincount(member))  # rows after each moment
    last = before - 1 + int(np.abs(later[before - 1 : -1] - share * len(rows)).argmin()) if len(names) > before else len(names)
    chosen = member > last
    return np.sort(rows[~chosen]), np.sort(rows[chosen])


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
        validation_seed: Draw validation anew with this seed and leave the test rows as `seed` chose them (paired comparisons
        over
            seeds). A split by time has one way only.

    Raises:
        BringupError: if there are fewer groups or moments than parts.
    """
    enough(groups, "groups", given=given)
    enough(moments, "moments", given=given)
    everything = np.arange(rows)
    again = seed if validation_seed is None else validation_seed

    def part(of: np.ndarray, share: float, draw: int, before: int) -> tuple[np.ndarray, np.ndarray]:
        if moments is not None:
            return choose_latest(of, share, moments, before=before)
        if groups is not None:
            return choose_groups(of, share, draw, groups, keep=before)
        return choose(of, share, draw, strata=strata)

    rest, test = (everything, everything[:0]) if given else part(everything, TEST_SHARE, seed, 2)
    train, validation = part(rest, VALIDATION_SHARE, again + 1_000_003, 1)
    method: Method = (
        "time" if moments is not None else "group" if groups is not None else "stratified" if strata is not None else "random"
    )
    return Split(method=method, train=train, validation=validation, test=test, by=by)


def enough(values: np.ndarray | None, what: str, *, given: bool) -> None:
    """Refuse a split by fewer groups or moments than there are parts."""
    needed = 2 if given else 3
    if values is not None and (found := len(np.unique(values))) < needed:
        raise BringupError(
            f"{found} different {what}",
            there=f"a split needs {needed} at least, one for each part",
            do="split by another column, or at random",
        )


def part_facts(rows: np.ndarray, target: pl.Series, *, classes: bool) -> PartFacts:
    """What a part holds, for the record."""
    values = target.gather(rows)
    name = digest(rows.astype(np.int64))
    if not classes:
        return PartFacts(rows=len(rows), digest=name, mean=float(np.mean(values.to_numpy())) if len(rows) else None)
    counts = values.cast(pl.String).alias("class").value_counts(name="rows").sort(["rows", "class"], descending=[True, False])
    return PartFacts(rows=len(rows), digest=name, classes=tuple((str(a), int(b)) for a, b in counts.iter_rows()))
