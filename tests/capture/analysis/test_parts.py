"""Evaluated rows against trained ones."""

from dataclasses import replace

import numpy as np
import pytest

from bringup.capture.analysis.parts import parts_of
from bringup.capture.analysis.sites import Group, Rows
from bringup.record import CallFacts


def rows(site: int, values: np.ndarray, *, use: str = "evaluate", step: int = 100, calls: int = 1) -> Rows:
    steps = np.zeros(len(values), int) if use == "train" else np.full(len(values), step)
    call = CallFacts(site=site, model="Net", use=use)  # type: ignore[arg-type]
    return Rows(call=call, input=values.astype("float32"), step=steps, number=np.arange(len(values)) * calls // len(values))


@pytest.fixture
def random():
    return np.random.default_rng(0)


def compare(train: np.ndarray, other: np.ndarray, **options: int):
    return parts_of(Group([rows(0, train, use="train")], [rows(1, other, **options)]))[0]


def test_rows_of_both_parts_are_counted(random):
    train = random.normal(size=(400, 6))
    mixed = random.permutation(np.concatenate([train[:60], random.normal(size=(140, 6))]))
    facts = compare(train, mixed)
    assert facts.found == pytest.approx(0.3)
    assert facts.found_by_chance == 0
    assert facts.switches > 0.7
    assert facts.rich


def test_one_pass_after_the_other_is_no_mixture(random):
    train = random.normal(size=(400, 6))
    facts = compare(train, np.concatenate([train[:100], random.normal(size=(100, 6))]))
    assert facts.found == 0.5
    assert facts.switches < 0.1
    assert facts.rows == 100


def test_rows_of_few_values_are_alike_by_chance(random):
    facts = compare(random.integers(0, 2, (500, 5)), random.integers(0, 2, (100, 5)))
    assert facts.found > 0.9
    assert facts.found_by_chance > 0.9
    assert not facts.rich


def test_rows_trained_on_later_do_not_count(random):
    pool = random.normal(size=(300, 4))
    train = Rows(
        call=CallFacts(site=0, model="Net", use="train"),
        input=pool,
        step=np.arange(300),
        number=np.arange(300),
    )
    (facts,) = parts_of(Group([train], [rows(1, pool[150:], step=150)]))
    assert facts.found == 0


def test_units_that_differ(random):
    train = random.normal(size=(400, 5))
    facts = compare(train, 3 * random.normal(size=(200, 5)) * [1, 2, 40, 0.1, 9] + [5, 60, 900, 1, 30])
    assert facts.standardised == 1
    assert facts.shifted == 1
    assert facts.scales_differ > 100


def test_one_scale_for_all_features(random):
    spread = np.linspace(0.05, 0.4, 20)
    train, other = (random.normal(0.4, 1, (400, 20)) * spread for _ in range(2))
    facts = compare(train, 16 * other)
    assert facts.factor == pytest.approx(16, rel=0.1)
    assert facts.spread_alike > 0.98
    assert facts.residual < 0.25


def test_one_call_like_the_training_says_that_the_others_are_meant(random):
    train = random.normal(size=(400, 5))
    other = np.concatenate([random.normal(size=(100, 5)), 9 + 20 * random.normal(size=(100, 5))])
    assert compare(train, other, calls=2).another_agrees
    assert not compare(train, other[100:], calls=2).another_agrees


def test_rows_of_tokens_put_together_from_few_pieces_are_nearly_equal_without_being_copies(random):
    pieces = random.integers(1, 30, size=(6, 10))
    train, other = (
        np.concatenate(pieces[random.integers(0, 6, (count, 4))], axis=1).reshape(count, -1) for count in (400, 200)
    )
    assert compare_tokens(train, other).found_nearly > 0.5


def test_copies_among_rows_of_tokens_that_have_little_in_common_are_copies(random):
    train, other = random.integers(1, 30, size=(400, 40)), random.integers(1, 30, size=(200, 40))
    other[::4] = train[:50]
    facts = compare_tokens(train, other)
    assert facts.found == pytest.approx(0.25)
    assert facts.found_nearly == 0


def test_the_filler_of_short_texts_counts_for_nothing(random):
    train, other = (np.pad(random.integers(1, 30, size=(count, 10)), ((0, 0), (0, 50))) for count in (400, 200))
    assert compare_tokens(train, other).found_nearly == 0


def compare_tokens(train: np.ndarray, other: np.ndarray):
    parts = [rows(0, train, use="train"), rows(1, other)]
    tokens = [replace(part, input=part.input.astype("int64")) for part in parts]
    return parts_of(Group(tokens[:1], tokens[1:]))[0]
