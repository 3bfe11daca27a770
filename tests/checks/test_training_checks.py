"""Checks of a training: what they measure, and healthy trainings that they must not touch."""

import math

import pytest
import torch
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine

from bringup.checks import CHECKS, run_checks
from bringup.data.prepare import Inputs
from bringup.findings import Outcome
from bringup.record import CostFacts, InitialFacts, Record, Series
from bringup.training.fit import ModelPlan, fit, goal_for
from bringup.training.settings import TrainingSettings

CODES = ("EPO101", "LOS101", "LRN101", "LRN102", "NUM101", "NUM102", "NUM103", "REG101", "UPD101")
OURS = [check for check in CHECKS if check.code in CODES]


def series(*values: float, start: int = 1) -> Series:
    return Series(steps=tuple(range(start, start + len(values))), values=values)


def cost(stopped_by: str = "epochs") -> CostFacts:
    return CostFacts(seconds=1, steps=10, epochs=10, examples_per_second=1, peak_bytes=0, parameters=1, stopped_by=stopped_by)  # pyright: ignore


def found(record: Record, code: str):
    (check,) = [check for check in OURS if check.code == code]
    findings, (result,) = run_checks(record, [check])
    return findings, result.outcome


def trained(load, settings: TrainingSettings) -> Record:
    x, y = load(return_X_y=True)
    x = ((x - x.mean(axis=0)) / (x.std(axis=0) + 1e-9)).astype("float32")
    classes = () if load is load_diabetes else tuple(str(i) for i in range(y.max() + 1))
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(0)).numpy()
    parts = [(Inputs(x[rows], x[rows], (False,) * x.shape[1]), y[rows]) for rows in (order[100:], order[:100])]
    plan = ModelPlan(name="mlp", kind="mlp", training=settings)
    model = fit(plan, *parts[0], goal_for(y, classes, order[100:]), seed=0, validation=parts[1])
    return Record(series=model.series, initial=model.initial, cost=model.cost)


@pytest.mark.parametrize(
    "settings", [{}, {"learning_rate": 3e-3}, {"dropout": 0.3, "weight_decay": 0.1}, {"hidden": ()}], ids=str
)
@pytest.mark.parametrize("load", [load_breast_cancer, load_diabetes, load_digits, load_wine])
def test_healthy_trainings_are_left_alone(load, settings):
    record = trained(load, TrainingSettings(**{"hidden": (64,), "epochs": 40, "patience": 5, "batch_rows": 16, **settings}))
    findings, results = run_checks(record, OURS)
    assert [finding.message for finding in findings if finding.severity.loud] == []
    assert {finding.code for finding in findings} <= {"EPO101"}
    assert {result.outcome for result in results} <= {Outcome.PASSED, Outcome.FOUND}


def test_all_are_there():
    assert tuple(check.code for check in OURS) == CODES


@pytest.mark.parametrize(
    ("loss", "expected", "codes"),
    [(0.7, 0.69, 0), (2.5, 0.69, 0), (7.5, 0.69, 1), (0.1, 0.69, 1), (3.0, 1.0, 0), (44.0, 0.69, 1)],
)
def test_initial_loss(loss, expected, codes):
    findings, _ = found(Record(initial=InitialFacts(weights_digest="w", loss=loss, expected_loss=expected)), "LOS101")
    assert len(findings) == codes
    for finding in findings:
        assert finding.evidence[0].value == loss


def test_initial_loss_without_theory():
    facts = InitialFacts(weights_digest="w", loss=1.0)
    assert found(Record(initial=facts), "LOS101")[1] is Outcome.NOT_APPLICABLE
    facts = InitialFacts(weights_digest="w", loss=1.0, expected_loss=0.0)
    assert found(Record(initial=facts), "LOS101")[1] is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("name", ["step/loss", "train/loss", "validation/loss"])
def test_the_first_loss_that_is_no_number_is_named(name, value):
    record = Record(series={name: series(1, 0.5, value, value)})
    (finding,), _ = found(record, "NUM101")
    assert finding.evidence[0].step == 3
    assert finding.evidence[1].value == 2
    assert found(Record(series={"one-batch/loss": series(value)}), "NUM101")[1] is Outcome.NOT_APPLICABLE


def test_a_gradient_that_falls_to_nothing_does_not_explode():
    fallen = [3.0 * 0.5**i for i in range(40)]
    assert found(Record(series={"gradient/norm": series(*fallen, 0.01)}), "NUM102")[1] is Outcome.PASSED
    (finding,), _ = found(Record(series={"gradient/norm": series(*fallen, 3100.0)}), "NUM102")
    assert finding.evidence[0].value == 3100
    assert finding.evidence[0].step == 41
    broken = {"gradient/norm": series(*[1.0] * 6, math.inf), "step/loss": series(*[1.0] * 7)}
    assert len(found(Record(series=broken), "NUM102")[0]) == 1
    broken["step/loss"] = series(*[1.0] * 6, math.nan)  # that the loss broke is another finding
    assert found(Record(series=broken), "NUM102")[1] is Outcome.PASSED


def test_a_learned_batch_has_no_vanishing_gradient():
    both = {"gradient/norm": series(*[1e-9] * 20), "step/loss": series(*[1e-6] * 20)}
    assert found(Record(series=both), "NUM103")[1] is Outcome.PASSED
    both["step/loss"] = series(*[0.7] * 20)
    assert found(Record(series=both), "NUM103")[1] is Outcome.FOUND


def test_weights_that_start_at_zero_take_large_steps_and_do_well():
    ratios, falling = series(1e9, 0.9, 0.5, 0.33, 0.25, 0.2), series(0.69, 0.6, 0.5, 0.45, 0.4, 0.38)
    assert found(Record(series={"update/ratio": ratios, "step/loss": falling}), "LRN101")[1] is Outcome.PASSED
    rising = series(0.69, 3.0, 9.0, 12.0, 11.0, 10.0)
    assert found(Record(series={"update/ratio": ratios, "step/loss": rising}), "LRN101")[1] is Outcome.FOUND


def test_a_finished_training_has_small_steps_and_that_is_no_fault():
    small, falling = series(*[1e-8] * 30), series(*[1.0 - 0.01 * i for i in range(30)])
    assert found(Record(series={"update/ratio": small, "step/loss": falling}), "LRN102")[1] is Outcome.PASSED
    assert found(Record(series={"update/ratio": small, "step/loss": series(*[1.0] * 30)}), "LRN102")[1] is Outcome.FOUND
    still = series(*[0.0] * 30)
    record = Record(series={"update/ratio": still, "step/loss": series(*[1.0] * 30)})
    assert found(record, "LRN102")[1] is Outcome.PASSED
    assert found(record, "UPD101")[1] is Outcome.FOUND


def test_weights_do_not_move_says_whether_there_is_a_gradient():
    still = series(*[0.0] * 6)
    with_gradient = Record(series={"update/ratio": still, "gradient/norm": series(*[1.0] * 6)})
    without = Record(series={"update/ratio": still, "gradient/norm": series(*[0.0] * 6)})
    (one,), (other,) = found(with_gradient, "UPD101")[0], found(without, "UPD101")[0]
    assert (one.evidence[1].value, other.evidence[1].value) == (1, 0)
    assert one.fix != other.fix
    assert found(Record(series={"update/ratio": series(0, 0, 0, 0, 1e-3)}), "UPD101")[1] is Outcome.PASSED


@pytest.mark.parametrize(
    ("values", "stopped_by", "outcome"),
    [
        ([1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4], "epochs", Outcome.FOUND),
        ([1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4], "patience", Outcome.PASSED),
        ([1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.51], "epochs", Outcome.PASSED),
        ([1.0, 0.5, 0.41, 0.405, 0.404, 0.403, 0.4029], "epochs", Outcome.PASSED),
        ([1.0, 0.9], "epochs", Outcome.NOT_APPLICABLE),
    ],
)
def test_stopped_while_still_improving(values, stopped_by, outcome):
    record = Record(series={"validation/loss": series(*values, start=0)}, cost=cost(stopped_by))
    assert found(record, "EPO101")[1] is outcome


@pytest.mark.parametrize(
    ("judged", "trained", "outcome"),
    [
        ([1.0, 0.5, 0.6, 0.8], [0.9, 0.4, 0.3, 0.1], Outcome.FOUND),
        ([1.0, 0.5, 0.6, 0.7], [0.9, 0.4, 0.3, 0.1], Outcome.PASSED),
        ([1.0, 0.5, 0.6, 0.8], [0.9, 0.4, 0.6, 0.7], Outcome.PASSED),  # diverging is another fault
        ([1.0, 0.9, 0.8, 0.7], [0.9, 0.4, 0.3, 0.1], Outcome.PASSED),
        ([0.0, 0.0, 0.0, 0.0], [0.9, 0.4, 0.3, 0.1], Outcome.NOT_APPLICABLE),
    ],
)
def test_overfits(judged, trained, outcome):
    record = Record(series={"validation/loss": series(*judged), "train/loss": series(*trained)})
    assert found(record, "REG101")[1] is outcome
