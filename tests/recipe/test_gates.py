"""The gates fail where they should: each is shown a fault of its own kind."""

import json

import numpy as np
import polars as pl
import pytest
import torch

from bringup.data.prepare import Inputs, Preparer
from bringup.findings import Cause
from bringup.recipe.steps import get_to_run

FAST = {"seeds": 1, "kinds": ("constant", "mlp")}


def test_a_learning_rate_of_50(kit, run_small):
    """The twin passes, as the pipeline is right; one batch tells the shape, and that the settings are to blame."""
    result = run_small(kit.classes(), edit={**FAST, "learning_rate": 50.0})
    assert kit.step(result, "twin")["status"] == "passed"
    gate = kit.step(result, "overfit-one-batch")
    assert gate["status"] == "failed"
    assert gate["summary"].split(":")[0] in ("explodes", "oscillates", "goes-up")
    verdict = result.document.verdict
    assert (verdict.status, verdict.step, verdict.cause) == ("stopped", "overfit-one-batch", Cause.HYPERPARAMETERS)
    assert [probe.answer for probe in result.document.probes] == ["yes"]
    assert kit.step(result, "train")["status"] == "skipped"


def test_a_learning_rate_that_learns_nothing(kit, run_small):
    result = run_small(kit.classes(), edit={**FAST, "learning_rate": 1e-7}, until="overfit-one-batch")
    assert kit.step(result, "overfit-one-batch")["summary"].startswith("plateaus")
    assert result.document.verdict.cause is Cause.HYPERPARAMETERS


@pytest.mark.slow
def test_keep_going(kit, program, tmp_path):
    from bringup import api

    path = kit.write(kit.classes(), tmp_path / "data.csv")
    made = kit.small(api.plan(path, target="y"), **FAST, learning_rate=50.0, epochs=2)
    (tmp_path / "plan.toml").write_text(made.to_toml())
    ended = program("run", tmp_path / "plan.toml", "--folder", tmp_path / "run", "--keep-going", "--format", "json", "-q")
    document = json.loads(ended.out)
    assert ended.code == 1
    assert kit.step(document, "overfit-one-batch")["status"] == "failed"
    assert kit.step(document, "evaluate")["status"] != "skipped"
    assert document["verdict"]["status"] == "held-back"
    assert document["verdict"]["cause"] == "hyperparameters"


@pytest.mark.parametrize("target", ["y", "score"])
def test_inputs_that_are_lost_on_the_way(kit, run_small, monkeypatch, target):
    whole = Preparer.__call__

    def emptied(self, typed):
        made = whole(self, typed)
        return Inputs(np.zeros_like(made.dense), np.zeros_like(made.codes), made.categorical)

    monkeypatch.setattr(Preparer, "__call__", emptied)
    result = run_small(kit.classes() if target == "y" else kit.values(), target, edit=FAST)
    assert kit.step(result, "twin")["status"] == "failed"
    verdict = result.document.verdict
    assert (verdict.status, verdict.step, verdict.cause) == ("stopped", "twin", Cause.IMPLEMENTATION)
    assert "planted rule" in verdict.summary


def test_answers_that_leak_through_the_pipeline(kit, run_small, monkeypatch):
    """Labels are shuffled, and learned all the same: the inputs must hold them."""
    from bringup.recipe.steps import twin

    whole = twin.shuffled_rows

    def leaking(context):
        frame, y = whole(context)
        return frame.with_columns(z=pl.Series(y.astype(float))), y

    monkeypatch.setattr(twin, "shuffled_rows", leaking)
    result = run_small(kit.classes(600), edit=FAST)
    assert kit.step(result, "twin")["status"] == "failed"
    assert "shuffled labels were learned" in kit.step(result, "twin")["summary"]
    assert result.document.verdict.cause is Cause.IMPLEMENTATION


def test_weights_that_do_not_move(kit, run_small, monkeypatch):
    def idle(network, settings):
        return torch.optim.SGD(network.parameters(), lr=0.0)

    monkeypatch.setattr(get_to_run, "make_optimizer", idle)
    result = run_small(kit.classes(), edit=FAST)
    assert kit.step(result, "run")["status"] == "failed"
    assert "moved no weight" in kit.step(result, "run")["summary"]
    assert result.document.verdict.cause is Cause.IMPLEMENTATION


def test_a_layer_that_does_not_fit(kit, run_small, monkeypatch):
    def narrow(plan, inputs, goal, *, seed):
        return torch.nn.Sequential(torch.nn.Linear(inputs + 1, goal.outputs))

    monkeypatch.setattr(get_to_run, "build_network", narrow)
    result = run_small(kit.classes(), edit=FAST)
    assert kit.step(result, "run")["status"] == "failed"
    assert "in_features" in result.document.verdict.summary


def test_labels_that_have_nothing_to_do_with_the_inputs(kit, run_small):
    random = np.random.default_rng(3)
    frame = kit.classes().with_columns(y=pl.Series(random.choice(["yes", "no"], 240)))
    result = run_small(frame, edit={"kinds": ("constant", "linear", "trees")})
    assert kit.step(result, "compare")["status"] == "failed"
    verdict = result.document.verdict
    assert (verdict.status, verdict.step, verdict.cause) == ("held-back", "compare", Cause.DATASET)
    assert "constant" in verdict.summary


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_right_pipeline_raises_no_alarm(kit, run_small, seed):
    """Other data, other seeds: the two controls and the one batch pass."""
    for frame, target in ((kit.classes(200, seed=seed), "y"), (kit.values(200, seed=seed), "score")):
        result = run_small(frame, target, plan={"seed": seed}, edit=FAST, until="overfit-one-batch")
        assert [step.summary for step in result.document.steps if step.status == "failed"] == []
