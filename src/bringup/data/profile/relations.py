"""What the columns have to do with the target and with each other, measured before any training."""

import numpy as np
import polars as pl

from bringup.data.profile.columns import as_floats
from bringup.data.profile.duplicates import across, duplicates
from bringup.data.profile.exact import SHARE, agreement_beyond_chance, functions, same, whole_sums
from bringup.data.profile.inputs_alike import alike
from bringup.data.profile.power import feature_power, halves
from bringup.data.profile.times import time_differences
from bringup.data.schema import Schema
from bringup.record import FeaturePower, Relation, RelationFacts, Task

__all__ = ["across", "duplicates", "relate"]

ROWS = 20_000
CELLS = 20_000_000  # a table of more columns gets fewer rows, down to
FEWEST = 2_000
ENOUGH = 20  # rows with a target, below which nothing can be said
AGREED = 0.85  # of the rows, from which a copy of the classes is recorded; the check decides
KAPPA = 0.7  # the same for the agreement beyond chance


def relate(typed: pl.DataFrame, schema: Schema, task: Task, *, seed: int) -> RelationFacts:
    """Measure every input against the target, and inputs against each other, on a sample of rows.

    Args:
        typed: The columns of the schema.
        seed: Chooses the sample and the halves.
    """
    with np.errstate(all="ignore"):  # values near the limit of floats: what overflows counts as no relation
        return measured(typed, schema, task, seed)


def measured(typed: pl.DataFrame, schema: Schema, task: Task, seed: int) -> RelationFacts:
    """`relate`, numpy's warnings being off."""
    target = schema.target
    there = set(typed.columns)
    names = [column.name for column in schema.inputs if column.name in there]
    usable = typed
    if target is not None:
        usable = typed.filter(
            pl.Series(np.isfinite(as_floats(typed[target.name]))) if task == "regression" else typed[target.name].is_not_null()
        )
    rows = sample_rows(len(usable), len(names), seed)
    sample = usable[rows]
    among = tuple(alike(sample.select(names))) if len(sample) >= ENOUGH else ()
    if target is None or len(sample) < ENOUGH or task not in ("classification", "regression"):
        return RelationFacts(rows=len(sample), among_inputs=among)
    answers = sample[target.name]
    aim = halves(answers, regression=task == "regression", seed=seed)
    power: list[FeaturePower] = []
    found: list[Relation] = []
    for name in names:
        share = same(sample[name], answers)
        power.append(feature_power(sample[name], aim, share))
        relation = (
            number_relation(sample[name], answers, share)
            if task == "regression"
            else label_relation(sample[name], answers, share)
        )
        found.extend([relation] if relation else [])
    if task == "regression":
        single = {relation.columns[0] for relation in found}
        found.extend(sums(sample.select([name for name in names if name not in single]), answers))
    found.extend(time_differences(sample.select(names), answers, regression=task == "regression"))
    return RelationFacts(rows=len(sample), power=tuple(power), with_target=tuple(found), among_inputs=among)


def sample_rows(rows: int, columns: int, seed: int) -> np.ndarray:
    """Row numbers, sorted, so that the order of the file is kept."""
    wanted = min(ROWS, max(FEWEST, CELLS // max(columns, 1)))
    if rows <= wanted:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).choice(rows, wanted, replace=False))


def label_relation(series: pl.Series, answers: pl.Series, share: float) -> Relation | None:
    """A column that holds the class, under the same names or under others; agreement by chance is taken off."""
    name = answers.name
    if share >= AGREED:
        beyond = agreement_beyond_chance(series.cast(pl.String), answers.cast(pl.String), share)
        if beyond >= KAPPA:
            return Relation(kind="copy", columns=(series.name,), of=name, share=share, beyond_chance=beyond)
    if series.n_unique() > answers.n_unique() + 1:
        return None
    pairs = pl.DataFrame({"a": series.cast(pl.String), "b": answers.cast(pl.String)}).group_by("a", "b").len()
    best = pairs.sort(["len", "a", "b"], descending=[True, False, False]).unique("a", keep="first", maintain_order=True)
    there = best.drop_nulls("a")
    if there["b"].n_unique() < max(answers.n_unique(), len(there)):
        return None
    named = dict(there.select("a", "b").iter_rows())
    renamed = series.cast(pl.String).replace_strict(named, default=None)
    share = same(renamed, answers.cast(pl.String))
    beyond = agreement_beyond_chance(renamed, answers.cast(pl.String), share) if share >= AGREED else 0.0
    return (
        Relation(kind="one-to-one", columns=(series.name,), of=name, share=share, beyond_chance=beyond)
        if beyond >= KAPPA
        else None
    )


def number_relation(series: pl.Series, answers: pl.Series, share: float) -> Relation | None:
    """A column that is the target, a multiple of it, its logarithm, or any other rising or falling function of it."""
    if not (series.dtype.is_numeric() or series.dtype.is_temporal()):
        return None
    values, truth = as_floats(series), as_floats(answers)
    there = np.isfinite(values)
    if there.sum() < max(ENOUGH, SHARE * len(truth)) or len(np.unique(values[there])) < 5 or len(np.unique(truth)) < 5:
        return None
    if share >= SHARE and agreement_beyond_chance(series.cast(pl.Float64), answers.cast(pl.Float64), share) >= KAPPA:
        return Relation(kind="copy", columns=(series.name,), of=answers.name, share=share)
    whole = there.mean()
    for kind, held in functions(values[there], truth[there]):
        if held * whole >= SHARE:
            return Relation(kind=kind, columns=(series.name,), of=answers.name, share=float(held * whole))
    return None


def sums(sample: pl.DataFrame, answers: pl.Series) -> list[Relation]:
    """Columns that add up to the target, or whose difference it is."""
    truth = as_floats(answers)
    if len(np.unique(truth)) < 10:
        return []
    numbers = {name: as_floats(sample[name]) for name in sample.columns if sample[name].dtype.is_numeric()}
    numbers = {
        name: values
        for name, values in numbers.items()
        if np.isfinite(values).sum() >= ENOUGH and np.nanstd(values[np.isfinite(values)]) > 0
    }
    found = whole_sums(numbers, truth)
    return [Relation(kind=kind, columns=names, of=answers.name, share=share) for kind, names, share in found]
