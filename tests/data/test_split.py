"""Splits: disjoint, complete, and each kind keeps its promise."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bringup.data.simplify import simplify
from bringup.data.split import TEST_SHARE, VALIDATION_SHARE, Split, choose, part_facts, split_rows
from bringup.errors import BringupError


def check_complete(split: Split, rows: int) -> None:
    together = np.concatenate([split.train, split.validation, split.test])
    assert np.array_equal(np.sort(together), np.arange(rows))
    for part in split.parts().values():
        assert np.array_equal(part, np.sort(part))
    assert np.array_equal(split.development, np.sort(np.concatenate([split.train, split.validation])))


@settings(max_examples=150, deadline=None)
@given(
    rows=st.integers(3, 400),
    seed=st.integers(0, 1000),
    kind=st.sampled_from(["random", "stratified", "group", "time"]),
    kinds=st.integers(3, 60),
    given_test=st.booleans(),
    skew=st.floats(1.0, 4.0),
)
def test_disjoint_complete_and_never_empty(rows, seed, kind, kinds, given_test, skew):
    random = np.random.default_rng(seed)
    values = (kinds * random.random(rows) ** skew).astype(int)
    values[:3] = [0, 1, 2]
    name = {"stratified": "strata", "group": "groups", "time": "moments"}.get(kind)
    split = split_rows(rows, seed=seed, given=given_test, **({name: values} if name else {}))
    assert split.method == kind
    check_complete(split, rows)
    assert len(split.train)
    assert len(split.validation)
    assert (len(split.test) == 0) == given_test
    if kind == "group":
        parts = [set(values[part]) for part in split.parts().values()]
        assert len(set().union(*parts)) == sum(len(part) for part in parts)
    if kind == "time":
        assert values[split.train].max() < values[split.validation].min()
        assert given_test or values[split.validation].max() < values[split.test].min()


def test_strata_keep_their_shares():
    y = np.repeat([0, 1, 2], [700, 200, 100])
    split = split_rows(1000, seed=3, strata=y)
    assert len(split.test) == 1000 * TEST_SHARE
    assert len(split.validation) == 800 * VALIDATION_SHARE
    for part in split.parts().values():
        assert np.bincount(y[part]) / len(part) == pytest.approx([0.7, 0.2, 0.1], abs=0.005)


def test_a_class_with_one_row_stays_in_training():
    y = np.array([0] * 50 + [1] * 49 + [2])
    for seed in range(20):
        assert 99 in split_rows(100, seed=seed, strata=y).train


@pytest.mark.parametrize("classes", [2, 3, 7, 10, 19, 20])
def test_twenty_rows_and_many_classes(classes):
    y = np.arange(20) % classes
    for seed in range(10):
        split = split_rows(20, seed=seed, strata=y)
        check_complete(split, 20)
        assert min(len(part) for part in split.parts().values()) >= 1


def test_rounding_does_not_lose_small_classes():
    y = np.arange(1000) // 3  # three rows a class: a fifth of each is no row
    assert len(split_rows(1000, seed=0, strata=y).test) == pytest.approx(200, abs=2)


def test_the_seed_decides():
    first, same, other = (split_rows(200, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.test, same.test)
    assert np.array_equal(first.train, same.train)
    assert not np.array_equal(first.test, other.test)


@pytest.mark.parametrize("kind", [None, "strata", "groups"])
def test_validation_seed_redraws_validation_and_keeps_test(kind):
    values = {kind: np.arange(300) % 30} if kind else {}
    splits = [split_rows(300, seed=5, validation_seed=seed, **values) for seed in (5, 6, 7)]
    assert np.array_equal(splits[0].validation, split_rows(300, seed=5, **values).validation)
    assert all(np.array_equal(split.test, splits[0].test) for split in splits)
    assert not np.array_equal(splits[0].validation, splits[1].validation)
    assert not np.array_equal(splits[1].validation, splits[2].validation)


def test_a_group_with_most_rows_is_not_the_test_set():
    groups = np.concatenate([np.zeros(800, int), 1 + np.arange(200) // 10])
    for seed in range(20):
        split = split_rows(1000, seed=seed, groups=groups)
        assert len(split.test) == pytest.approx(190, abs=10)
        assert len(split.train) >= 700


def test_time_with_ties_at_the_border():
    moments = np.array([0] * 2 + [1] * 17 + [2])
    split = split_rows(20, seed=0, moments=moments)
    assert (moments[split.train] == 0).all()
    assert (moments[split.validation] == 1).all()
    assert (moments[split.test] == 2).all()


def test_time_takes_the_latest_share():
    moments = np.random.default_rng(0).permutation(1000)
    split = split_rows(1000, seed=0, moments=moments)
    assert sorted(moments[split.test]) == list(range(800, 1000))
    assert sorted(moments[split.validation]) == list(range(640, 800))


@pytest.mark.parametrize("name", ["groups", "moments"])
def test_fewer_kinds_than_parts_are_refused(name):
    with pytest.raises(BringupError):
        split_rows(30, seed=0, **{name: np.arange(30) % 2})
    with pytest.raises(BringupError):
        split_rows(30, seed=0, given=True, **{name: np.zeros(30)})
    check_complete(split_rows(30, seed=0, given=True, **{name: np.arange(30) % 2}), 30)


def test_choosing_from_one_row():
    kept, chosen = choose(np.array([4]), 0.2, 0)
    assert (kept.tolist(), chosen.tolist()) == ([4], [])


@settings(max_examples=80, deadline=None)
@given(rows=st.integers(1, 600), examples=st.integers(1, 300), classes=st.integers(1, 80), seed=st.integers(0, 99))
def test_simplified_rows_keep_every_class(rows, examples, classes, seed):
    y = (classes * np.random.default_rng(seed).random(1000) ** 3).astype(int)
    train = np.sort(np.random.default_rng(seed + 1).permutation(1000)[:rows])
    chosen = simplify(train, seed=seed, examples=examples, strata=y)
    assert len(chosen) <= examples or len(chosen) == rows <= examples
    assert set(chosen) <= set(train)
    assert np.array_equal(chosen, np.unique(chosen))
    if len(set(y[train])) <= examples:
        assert set(y[chosen]) == set(y[train])


def test_simplify_keeps_shares_and_counts():
    y = np.repeat([0, 1, 2], [90_000, 9_999, 1])
    chosen = simplify(np.arange(100_000), seed=0, strata=y)
    assert len(chosen) == 10_000
    assert np.bincount(y[chosen]) == pytest.approx([9000, 1000, 1], abs=3)
    assert len(simplify(np.arange(50_000), seed=0, examples=100)) == 100
    assert simplify(np.arange(7), seed=0).tolist() == list(range(7))


@pytest.mark.parametrize("name", ["n", "count", "rows", "class", "y"])
def test_part_facts_whatever_the_target_is_called(name):
    facts = part_facts(np.array([0, 1, 3]), pl.Series(name, ["a", "b", "b", "a"]), classes=True)
    assert facts.classes == (("a", 2), ("b", 1))
    assert part_facts(np.array([0, 1]), pl.Series(name, [1.0, 2.0]), classes=False).mean == 1.5
    assert part_facts(np.array([], dtype=int), pl.Series(name, [1.0]), classes=False).mean is None
