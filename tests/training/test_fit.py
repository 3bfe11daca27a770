"""One call for every kind of model."""

import numpy as np
import pytest
import torch

from bringup.training import fit as module
from bringup.training.fit import Goal, ModelPlan, fit, goal_for, initial_facts
from bringup.training.metrics import HIGHER_IS_BETTER, METRICS, PRIMARY, measure
from bringup.training.settings import TrainingSettings

TRAINING = TrainingSettings(learning_rate=3e-3, epochs=30, hidden=(32,), batch_rows=32)
ROWS = np.arange(200)


def fitted(prepared, kind, **options):
    plan = ModelPlan(name=kind, kind=kind, training=TRAINING)
    return fit(plan, prepared.inputs, prepared.y, goal_for(prepared.y, prepared.classes, ROWS), seed=0, **options)


@pytest.mark.parametrize("kind", ["constant", "linear", "mlp", "trees"])
def test_every_kind_fits_and_scores(prepared, kind):
    model = fitted(prepared, kind)
    scores = model.scores(prepared.inputs)
    assert scores.dtype == np.float64
    assert np.isfinite(scores).all()
    task = model.goal.task
    figure = measure(task, prepared.y, scores)[PRIMARY[task]]
    if prepared.classes:
        assert scores.shape == (200, 3)
        assert scores.sum(axis=1) == pytest.approx(np.ones(200))
    else:
        assert scores.shape == (200,)
    assert (figure > 0.75) == (kind != "constant")
    assert model.cost is not None
    assert np.array_equal(scores, fitted(prepared, kind).scores(prepared.inputs))


def test_a_network_leaves_a_record(prepared):
    model = fitted(prepared, "mlp", validation=(prepared.inputs, prepared.y))
    assert model.initial is not None
    assert model.cost is not None
    assert model.initial.expected_loss == pytest.approx(np.log(3) if prepared.classes else 1.0)
    assert {"train/loss", "validation/loss", "gradient/norm", "update/ratio", "step/loss"} <= set(model.series)
    assert model.cost.parameters == sum(p.numel() for p in model.model.parameters())
    assert 1 <= model.epochs <= model.cost.epochs


def test_running_out_of_memory_is_scaled_back(prepared, monkeypatch):
    plain, tried = module.train, []

    def short(network, batches, loss, settings, **options):
        tried.append(settings.accumulate)
        if settings.accumulate < 4:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return plain(network, batches, loss, settings, **options)

    monkeypatch.setattr(module, "train", short)
    model = fitted(prepared, "mlp")
    assert tried == [1, 2, 4]
    assert len(model.scaled_back) == 2
    assert model.plan.training is not None
    assert model.plan.training.accumulate == 4


@pytest.mark.parametrize("kind", ["constant", "linear", "mlp", "trees"])
def test_training_rows_of_one_class(prepared, kind):
    if not prepared.classes:
        pytest.skip("there are no classes")
    y = np.ones(200, dtype=int)
    plan = ModelPlan(name=kind, kind=kind, training=TRAINING)
    scores = fit(plan, prepared.inputs, y, Goal(task="classification", classes=prepared.classes), seed=0).scores(
        prepared.inputs
    )
    assert scores.shape == (200, 3)
    assert (scores.argmax(axis=1) == 1).all()


def test_trees_with_a_class_of_one_row(prepared):
    if not prepared.classes:
        pytest.skip("there are no classes")
    rows = np.tile(np.arange(200), 60)  # more than 10,000: scikit-learn would split off rows by class
    y = np.minimum(prepared.y[rows], 1)
    y[0] = 2
    plan = ModelPlan(name="trees", kind="trees", settings={"max_iter": 3})
    goal = Goal(task="classification", classes=prepared.classes)
    assert fit(plan, prepared.inputs.take(rows), y, goal, seed=0).scores(prepared.inputs).shape == (200, 3)


def test_a_linear_model_reads_a_sample_with_every_class(prepared, monkeypatch):
    if not prepared.classes:
        pytest.skip("there are no classes")
    monkeypatch.setattr(module.classical, "LINEAR_ROWS", 50)
    y = np.minimum(prepared.y, 1)
    y[7] = 2
    rows = module.linear_rows(y, seed=0, classes=True)
    assert len(rows) == 50
    assert 7 in rows
    assert len(module.linear_rows(prepared.y.astype(float), seed=0, classes=False)) == 50


def test_the_goal_is_of_training_rows():
    y = np.array([1.0, 3.0, 100.0])
    goal = goal_for(y, (), np.array([0, 1]))
    assert (goal.center, goal.scale) == (2, 1)
    assert goal.tensor(y).tolist() == [-1, 1, 98]
    assert goal_for(np.ones(5), (), np.arange(5)).scale == 1
    assert Goal(task="classification", classes=("a", "b")).outputs == 2


def test_the_initial_loss_is_that_of_the_network():
    goal = Goal(task="classification", classes=("a", "b", "c", "d"))
    network = torch.nn.Linear(3, 4)
    torch.nn.init.zeros_(network.weight)
    torch.nn.init.zeros_(network.bias)
    y = np.array([0, 1, 2, 3, 3])
    facts = initial_facts(network, torch.randn(5, 3), torch.from_numpy(y), goal, y)
    assert facts.loss == pytest.approx(facts.expected_loss)
    assert facts.output_std == 0


def test_metrics_agree_with_scikit_learn():
    from sklearn import metrics

    random = np.random.default_rng(0)
    p = random.dirichlet([1, 1, 1], 300)
    y = np.where(random.random(300) < 0.5, p.argmax(axis=1), random.integers(0, 3, 300))
    found = measure("classification", y, p)
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(y, p.argmax(axis=1)))
    assert found["balanced_accuracy"] == pytest.approx(metrics.balanced_accuracy_score(y, p.argmax(axis=1)))
    assert found["roc_auc"] == pytest.approx(metrics.roc_auc_score(y, p, multi_class="ovr"))
    assert found["log_loss"] == pytest.approx(metrics.log_loss(y, p))
    two = p[:, :2] / p[:, :2].sum(axis=1, keepdims=True)
    assert METRICS["classification"]["roc_auc"](y.clip(max=1), two) == pytest.approx(
        metrics.roc_auc_score(y.clip(max=1), two[:, 1])
    )
    f, t = random.normal(size=100), random.normal(size=100)
    found = measure("regression", t, f)
    assert found["r2"] == pytest.approx(metrics.r2_score(t, f))
    assert found["rmse"] == pytest.approx(metrics.root_mean_squared_error(t, f))
    assert found["mae"] == pytest.approx(metrics.mean_absolute_error(t, f))


def test_metrics_at_the_edges():
    assert measure("regression", np.array([]), np.array([])) == {}
    assert np.isnan(METRICS["regression"]["r2"](np.ones(3), np.ones(3)))
    one = np.array([[1.0, 0.0]] * 3)
    assert np.isnan(METRICS["classification"]["roc_auc"](np.zeros(3, int), one))
    assert np.isfinite(METRICS["classification"]["log_loss"](np.ones(3, int), one))
    assert set(HIGHER_IS_BETTER) == {name for names in METRICS.values() for name in names}
