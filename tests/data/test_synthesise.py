"""The synthetic twin: same columns and types, and a rule that can be learned whatever the columns are."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from bringup.data.prepare import fit_preparer
from bringup.data.schema import Column, Schema
from bringup.data.split import split_rows
from bringup.data.synthesise import cut, synthesise
from bringup.data.target import encode
from bringup.training.fit import ModelPlan, fit, goal_for
from bringup.training.metrics import accuracy, r2
from bringup.training.settings import TrainingSettings

ROWS = 1500
DTYPES = {"number": "float", "category": "string", "date": "date", "text": "string"}


def columns(kind: str) -> dict[str, tuple[str, list]]:
    random = np.random.default_rng(0)
    start = datetime(2020, 1, 1)
    return {
        "numbers": {f"x{i}": ("number", random.normal(size=ROWS).tolist()) for i in range(5)},
        "mixed": {
            "n": ("number", random.normal(5, 2, ROWS).tolist()),
            "c": ("category", random.choice(["a", "b", None], ROWS).tolist()),
            "d": ("date", [start + timedelta(days=int(i)) for i in random.integers(0, 900, ROWS)]),
        },
        "text": {"t": ("text", [" ".join(random.choice(["of", "the", "and", "to"], 50)) for _ in range(ROWS)])},
        "date": {"d": ("date", [start + timedelta(days=int(i)) for i in random.integers(0, 900, ROWS)])},
        "one day": {"d": ("date", [start] * ROWS)},
        "many levels": {"count": ("category", [f"l{i}" for i in random.integers(0, 700, ROWS)])},
        "constant": {"c": ("category", ["only"] * ROWS)},
        "outlier": {"x": ("number", np.where(random.random(ROWS) < 0.01, 1e6, random.normal(size=ROWS)).tolist())},
        "nearly empty": {"x": ("number", [1.0, 2.0] + [None] * (ROWS - 2))},
        "huge": {"x": ("number", (1e300 * random.normal(size=ROWS)).tolist())},
    }[kind]


def twin(kind: str, classes: int, *, seed: int = 0) -> tuple[pl.DataFrame, pl.DataFrame, Schema, tuple[str, ...]]:
    random = np.random.default_rng(1)
    names = tuple(f"k{i}" for i in range(classes))
    found = columns(kind)
    target = [names[i] for i in random.integers(0, classes, ROWS)] if classes else random.normal(5, 3, ROWS).tolist()
    dtypes = {"date": pl.Datetime("us"), "number": pl.Float64}
    real = pl.DataFrame(
        {name: pl.Series(values, dtype=dtypes.get(role, pl.String)) for name, (role, values) in found.items()}
        | {"count of": target}
    )
    schema = Schema(
        columns=(
            *(Column(name=name, role=role, dtype=DTYPES[role]) for name, (role, _) in found.items()),
            Column(name="count of", role="target", dtype="string" if classes else "float"),
        )
    )
    task = "classification" if classes else "regression"
    return real, synthesise(real, schema, task=task, classes=names, seed=seed), schema, names


def skill(made: pl.DataFrame, schema: Schema, classes: tuple[str, ...], kind: str) -> float:
    target = made["count of"]
    y = encode(target, classes) if classes else target.to_numpy()
    split = split_rows(len(made), seed=0, strata=y if classes else None)
    preparer = fit_preparer(made[split.train], schema)
    plan = ModelPlan(name=kind, kind=kind, training=TrainingSettings(learning_rate=2e-3, epochs=20))
    fitted = fit(plan, preparer(made[split.train]), y[split.train], goal_for(y, classes, split.train), seed=0)
    scores = fitted.scores(preparer(made[split.test]))
    if not classes:
        return r2(y[split.test], scores)
    majority = np.bincount(y[split.test]).max() / len(split.test)
    return (accuracy(y[split.test], scores) - majority) / (1 - majority)


KINDS = ["numbers", "mixed", "text", "date", "one day", "many levels", "constant", "outlier", "nearly empty", "huge"]


@pytest.mark.parametrize("classes", [0, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_the_rule_can_be_learned(kind, classes):
    real, made, schema, names = twin(kind, classes)
    assert made.schema == real.schema
    assert len(made) == 4000
    assert made["count of"].null_count() == 0
    assert skill(made, schema, names, "mlp" if kind == "numbers" else "linear") > 0.5


@pytest.mark.parametrize("classes", [3, 10, 40])
def test_many_classes_can_be_learned(classes):
    _, made, schema, names = twin("numbers", classes)
    assert made["count of"].n_unique() == min(classes, 10)
    assert skill(made, schema, names, "mlp") > 0.5


@pytest.mark.parametrize("kind", KINDS)
def test_every_class_is_there_and_large_enough(kind):
    _, made, _, _ = twin(kind, 2)
    assert made["count of"].value_counts()["count"].min() >= 350


def test_the_seed_decides():
    assert twin("mixed", 2)[1].equals(twin("mixed", 2)[1])
    assert not twin("mixed", 2)[1].equals(twin("mixed", 2, seed=1)[1])


def test_target_keeps_its_mean_and_spread():
    real, made, _, _ = twin("numbers", 0)
    assert made["count of"].mean() == pytest.approx(real["count of"].mean(), abs=0.01)
    assert made["count of"].std() == pytest.approx(real["count of"].std(), rel=0.01)


@pytest.mark.parametrize("distinct", [3, 4, 7, 500])
def test_cut_gives_every_class_a_value(distinct):
    score = np.random.default_rng(0).integers(0, distinct, 2000).astype(float)
    score[:3] = [0, 1, 2]
    for share in ([0.05, 0.9, 0.05], [0.9, 0.05, 0.05], [1 / 3] * 3):
        found = cut(score, np.array(share))
        assert set(found) == {0, 1, 2}
        assert (np.diff(found[np.argsort(score, kind="stable")]) >= 0).all()
    assert np.bincount(cut(np.arange(1000.0), np.array([0.2, 0.5, 0.3]))).tolist() == [200, 500, 300]


def test_without_target_or_inputs():
    frame = pl.DataFrame({"y": [1.0, 2.0]})
    with pytest.raises(ValueError):
        synthesise(frame, Schema(columns=()), task="regression", classes=(), seed=0)
    target = Column(name="y", role="target", dtype="float")
    with pytest.raises(ValueError):
        synthesise(frame, Schema(columns=(target,)), task="regression", classes=(), seed=0)
