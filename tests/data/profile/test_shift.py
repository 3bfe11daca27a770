"""Parts that differ from the training rows."""

import numpy as np
import polars as pl
import pytest

from bringup.data.profile.shift import discriminate, label_variants, shifts
from bringup.data.schema import Column, Schema

RANDOM = np.random.default_rng(3)
SCHEMA = Schema(
    columns=(
        Column(name="height", role="number", dtype="float"),
        Column(name="town", role="category", dtype="string"),
        Column(name="y", role="target", dtype="string"),
    )
)


def part(rows, *, mean=0.0, towns=("a", "b"), labels=("<=50K", ">50K")):
    return pl.DataFrame(
        {
            "height": RANDOM.normal(mean, 2, rows),
            "town": RANDOM.choice(list(towns), rows),
            "y": RANDOM.choice(list(labels), rows),
        }
    )


def test_no_shift():
    for shift in shifts(part(2000), part(500), "test", SCHEMA):
        assert abs(shift.distance) < 4 * shift.noise
        assert shift.unseen == 0


def test_a_mean_in_training_deviations():
    height = shifts(part(2000), part(500, mean=3), "test", SCHEMA)[0]
    assert height.column == "height"
    assert height.distance == pytest.approx(1.5, abs=0.2)
    assert height.noise == pytest.approx(np.sqrt(1 / 2000 + 1 / 500))


def test_levels_that_training_never_saw():
    town = shifts(part(2000), part(500, towns="ac"), "test", SCHEMA)[1]
    assert town.unseen == pytest.approx(0.5, abs=0.1)
    assert town.distance == pytest.approx(0.5, abs=0.1)


def test_missing_values():
    blank = part(500).with_columns(pl.lit(None, dtype=pl.Float64).alias("height"))
    height = shifts(part(2000), blank, "test", SCHEMA)[0]
    assert height.missing == 1.0


def test_a_constant_that_changes():
    train = part(100).with_columns(pl.lit(1.0).alias("height"))
    test = part(100).with_columns(pl.lit(2.0).alias("height"))
    assert shifts(train, test, "test", SCHEMA)[0].distance == float("inf")
    assert shifts(train, train, "test", SCHEMA)[0].distance == 0.0


def test_empty_parts():
    assert shifts(part(10), part(0), "test", SCHEMA) == ()


@pytest.mark.parametrize("other", [("<=50K.", ">50K."), ("<=50k", ">50k"), (" <=50K", ">50K ")])
def test_other_spellings_of_labels(other):
    pairs = label_variants(part(100), part(100, labels=other), SCHEMA)
    assert sorted(label for label, _ in pairs) == ["<=50K", ">50K"]
    assert {spelled for _, spelled in pairs} == set(other)


def test_new_labels_are_no_spelling():
    assert label_variants(part(100), part(100, labels=("maybe",)), SCHEMA) == ()
    assert label_variants(part(100), part(100), SCHEMA) == ()


def test_telling_parts_apart():
    assert discriminate(part(2000), part(1000), SCHEMA, 0) == pytest.approx(0.5, abs=0.06)
    assert discriminate(part(2000), part(1000, mean=6), SCHEMA, 0) > 0.9
    assert discriminate(part(5), part(5), SCHEMA, 0) == 0.5
