"""The search: the same seed finds the same settings, coarse before fine, best first."""

import math

import numpy as np
import pytest

from bringup.search.tune import tune
from bringup.training.fit import ModelPlan
from bringup.training.settings import TrainingSettings


def plan(kind: str) -> ModelPlan:
    return ModelPlan(name=kind, kind=kind, training=TrainingSettings(epochs=3, patience=2))


def wanted(tried: ModelPlan) -> float:
    """Best at a learning rate of 0.05."""
    rate = tried.settings["learning_rate"] if tried.kind == "trees" else tried.training.learning_rate  # pyright: ignore
    return -abs(math.log(rate / 0.05))


@pytest.mark.parametrize("kind", ["trees", "mlp", "linear"])
def test_the_same_seed_finds_the_same(kind):
    def figure(tried):
        return -math.log(tried.settings["C"]) if kind == "linear" else wanted(tried)

    one, two, other = (tune(plan(kind), figure, trials=8, seed=seed) for seed in (0, 0, 1))
    assert one == two
    assert one != other
    assert len(one) == 8
    assert [trial.value for trial in one] == sorted((trial.value for trial in one), reverse=True)


def test_coarse_then_fine():
    tried: list[float] = []
    for seed in range(5):
        asked: list[ModelPlan] = []

        def figure(trial: ModelPlan, asked=asked) -> float:
            asked.append(trial)
            return wanted(trial)

        tune(plan("trees"), figure, trials=40, seed=seed)
        coarse, fine = np.mean([wanted(t) for t in asked[:20]]), np.mean([wanted(t) for t in asked[20:]])
        tried.append(fine - coarse)
    assert np.mean(tried) > 0.1


def test_other_settings_stay():
    for trial in tune(plan("mlp"), wanted, trials=4, seed=0):
        assert trial.plan.training is not None
        assert (trial.plan.training.epochs, trial.plan.training.patience) == (3, 2)
        assert len(set(trial.plan.training.hidden)) == 1


def test_a_figure_that_is_no_number_comes_last():
    values = iter([1.0, math.nan, 3.0, math.inf, 2.0, -math.inf])
    found = tune(plan("trees"), lambda _: next(values), trials=6, seed=0)
    assert [trial.value for trial in found] == [3.0, 2.0, 1.0] + [-math.inf] * 3


def test_ties_keep_their_order():
    asked: list[ModelPlan] = []
    found = tune(plan("trees"), lambda tried: asked.append(tried) or 0.0, trials=5, seed=0)
    assert [trial.plan for trial in found] == asked
    assert tune(plan("trees"), wanted, trials=0, seed=0) == []
