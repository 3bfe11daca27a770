"""Published data sets are told from their content, whatever the file and the columns are called; nothing else is."""

import numpy as np
import polars as pl
import pytest

from bringup.comparison.known_results import known_results
from bringup.comparison.recognise import Fingerprint, catalogue, recognise
from bringup.record import ColumnFacts, RawFacts, TargetFacts

BUNDLED = {
    "load_iris": "iris",
    "load_wine": "wine",
    "load_breast_cancer": "breast_cancer (WDBC)",
    "load_digits": "digits (optdigits test 1797)",
}


def bundled(loader: str) -> pl.DataFrame:
    from sklearn import datasets

    return pl.from_pandas(getattr(datasets, loader)(as_frame=True).frame)


@pytest.fixture
def facts(benchmark):
    return benchmark("facts").facts


def as_facts(entry: Fingerprint, *, rows: int, shift: float = 0.0) -> tuple[RawFacts, tuple[ColumnFacts, ...], TargetFacts]:
    """What a profile would find in a table like this one; `shift` in standard deviations."""
    raw = RawFacts(name="table", format="csv", files=(), rows=rows, columns=entry.inputs + 1, digest="")
    numbers = [
        ColumnFacts(
            name=f"n{i}",
            role="number",
            dtype="float",
            rows=rows,
            missing=0,
            distinct=distinct,
            mean=mean + shift * std,
            std=std,
        )
        for i, (mean, std, distinct) in enumerate(entry.numbers)
    ]
    levels = [
        ColumnFacts(name=f"c{i}", role="category", dtype="string", rows=rows, missing=0, distinct=distinct)
        for i, distinct in enumerate(entry.levels)
    ]
    if entry.task == "regression":
        mean, std = entry.target
        target = TargetFacts(name="t", task="regression", rows=rows, missing=0, mean=mean, std=std)
    else:
        classes = tuple((str(i), round(share * rows)) for i, share in enumerate(entry.target))
        target = TargetFacts(name="t", task="classification", rows=rows, missing=0, classes=classes)
    return raw, (*levels, *numbers), target


@pytest.mark.parametrize(("loader", "name"), BUNDLED.items())
def test_bundled_data_sets_are_recognised_however_they_are_written(loader, name, facts):
    frame = bundled(loader)
    assert recognise(*facts(frame, "target", "classification")) == name
    names = frame.columns
    renamed = frame.rename({old: f"column_{i}" for i, old in enumerate(names)})
    target = f"column_{names.index('target')}"
    assert recognise(*facts(renamed, target, "classification")) == name
    reordered = renamed.select(reversed(renamed.columns)).with_row_index("row").sample(fraction=1.0, shuffle=True, seed=0)
    assert recognise(*facts(reordered, target, "classification")) == name
    worded = frame.with_columns(pl.col("target").cast(pl.String) + " kind")
    assert recognise(*facts(worded, "target", "classification")) == name
    deduplicated = frame.unique(maintain_order=True)
    assert recognise(*facts(deduplicated, "target", "classification")) == name


def test_a_table_without_published_results_is_not_recognised(facts):
    assert recognise(*facts(bundled("load_diabetes"), "target", "regression")) is None


@pytest.mark.parametrize("loader", BUNDLED)
def test_another_target_other_rows_or_other_values_are_another_problem(loader, facts):
    frame = bundled(loader)
    first = frame.columns[1]
    assert recognise(*facts(frame, first, "regression")) is None
    assert recognise(*facts(frame.drop("target"), first, "classification")) is None
    assert recognise(*facts(frame.sample(fraction=0.8, seed=0), "target", "classification")) is None
    random = np.random.default_rng(0)
    noise = frame.with_columns(pl.Series(name, random.normal(size=frame.height)) for name in frame.columns if name != "target")
    assert recognise(*facts(noise, "target", "classification")) is None
    one_class_less = frame.filter(pl.col("target") != 0)
    assert recognise(*facts(one_class_less, "target", "classification")) is None


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.name)
def test_every_variant_is_recognised_and_no_other(entry):
    for rows in entry.rows:
        assert recognise(*as_facts(entry, rows=rows)) == entry.name
    raw, columns, target = as_facts(entry, rows=entry.rows[0])
    coded = tuple(column.model_copy(update={"mean": None, "std": None}) for column in columns)
    assert recognise(raw, coded, target) == entry.name  # all read as categories
    assert recognise(raw.model_copy(update={"rows": round(entry.rows[0] * 1.1)}), columns, target) in (None, entry.name)
    assert recognise(*as_facts(entry, rows=entry.rows[0] * 3)) is None
    half = columns[: len(columns) // 2]
    assert recognise(raw, half, target) is None
    if entry.numbers and len(entry.levels) <= 0.5 * entry.inputs:
        assert recognise(*as_facts(entry, rows=entry.rows[0], shift=0.5)) is None


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.name)
def test_the_catalogue_names_data_sets_that_have_results(entry):
    assert known_results(entry.name, entry.task)
    assert entry.inputs > 0
    if entry.task == "classification":
        assert sum(entry.target) == pytest.approx(1, abs=1e-4)


def test_empty_facts_are_no_data_set():
    raw = RawFacts(name="t", format="csv", files=(), rows=150, columns=0, digest="")
    assert recognise(raw, (), TargetFacts(name="t", task="classification", rows=150, missing=150)) is None
    assert recognise(raw, (), TargetFacts(name="t", task="clustering", rows=150, missing=0)) is None
