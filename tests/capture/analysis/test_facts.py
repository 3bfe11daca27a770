"""Inputs, orders, axes and answers, measured on rows."""

import numpy as np
import pytest

from bringup.capture.analysis.answers import answers_facts
from bringup.capture.analysis.axes import class_axis_of
from bringup.capture.analysis.inputs import inputs_of, step_of
from bringup.capture.analysis.order import order_of
from bringup.capture.analysis.sites import Group, Rows, answers_of, classes_of
from bringup.record import CallFacts, Record, Series


def site(values: np.ndarray, number: int = 0, *, use: str = "train", batch: int = 20, **more: np.ndarray) -> Rows:
    call = CallFacts(site=number, model="Net", use=use)  # type: ignore[arg-type]
    steps = np.arange(len(values)) // batch + (1000 if use == "evaluate" else 0)
    return Rows(call=call, input=values, step=steps, number=np.arange(len(values)) // batch, **more)


@pytest.fixture
def random():
    return np.random.default_rng(0)


@pytest.mark.parametrize(("divisor", "offset"), [(255, 0), (255 * 255, 0), (16, 0), (255 * 0.5, -1)])
def test_the_step_of_pixels(random, divisor, offset):
    levels = np.unique(random.integers(0, 256, 60) / divisor + offset).astype("float32").astype(float)
    assert step_of(levels) == pytest.approx(1 / divisor, rel=1e-3)


def test_amounts_have_no_step(random):
    assert step_of(np.unique(random.normal(size=60))) is None


def test_missing_values_that_a_model_replaces_do_not_reach_its_output(random):
    values = random.normal(size=(100, 3)).astype("float32")
    values[4, 1] = np.nan
    kept = inputs_of(Group([site(values, output=np.zeros((100, 1)))]))
    lost = inputs_of(Group([site(values, output=np.where(np.isnan(values).any(axis=1), np.nan, 0)[:, None])]))
    assert kept is not None
    assert lost is not None
    assert (kept.non_finite_rows, kept.non_finite_reaching) == (1, 0)
    assert (lost.non_finite_rows, lost.non_finite_reaching) == (1, 1)


def test_a_code_for_unknown_stands_apart(random):
    values = random.normal(size=(200, 2))
    values[:9, 1] = -9999
    facts = inputs_of(Group([site((values - values.mean(0)) / values.std(0))]))
    assert facts is not None
    assert (facts.apart, facts.apart_rows) == (1, 9)
    assert facts.apart_gap > 1000


def test_order_of_labels(random):
    sorted_labels = np.tile(np.repeat(np.arange(4), 50), 3)
    values = random.normal(size=(600, 2))
    in_order = order_of(Group([site(values, target=sorted_labels)]))
    shuffled = order_of(Group([site(values, target=random.permutation(sorted_labels))]))
    assert in_order is not None
    assert shuffled is not None
    assert in_order.neighbours > 0.95
    assert in_order.returns == 2
    assert abs(shuffled.neighbours) < 0.1
    assert shuffled.labels_a_batch == pytest.approx(shuffled.labels_a_batch_by_chance, rel=0.05)


@pytest.mark.parametrize("axis", [1, 2])
def test_the_axis_of_classes_by_the_loss(random, axis):
    output, target = random.normal(size=(20, 6, 6)), random.integers(0, 6, (20, 6))
    scores = np.moveaxis(output, axis, -1)
    logs = scores - np.log(np.exp(scores).sum(-1, keepdims=True))
    loss = -np.take_along_axis(logs, target[..., None], -1).mean()
    record = Record(series={"step/loss": Series(steps=(0,), values=(float(loss),))})
    facts = class_axis_of(Group([site(random.normal(size=(20, 6)), output=output, target=target)]), record)
    assert facts is not None
    assert facts.axis == axis


def test_answers_beside_simple_models(random):
    values = random.normal(size=(400, 4))
    truth = (values[:, 0] + values[:, 1] > 0).astype(int)
    wrong = np.eye(2)[1 - truth]
    train = site(values[:300], output=wrong[:300], target=truth[:300])
    test = site(values[300:], 1, use="evaluate", output=wrong[300:], target=truth[300:])
    facts = answers_facts(Group([train], [test]), Record())
    assert facts is not None
    assert facts.model == 0
    assert facts.simple is not None
    assert facts.simple > 0.9


@pytest.mark.parametrize("apart", [False, True])
def test_of_several_labels_one_is_looked_at(random, apart):
    values = random.normal(size=(400, 6))
    truth = np.stack([random.random(400) < 0.02, random.random(400) < 0.5, values[:, 0] > 0], axis=1).astype(float)
    given = random.permutation(values) if apart else values
    answers = np.where(truth > 0, 2.0, -2.0)
    train = site(given[:300], output=answers[:300], target=truth[:300])
    test = site(given[300:], 1, use="evaluate", output=answers[300:], target=truth[300:])
    facts = answers_facts(Group([train], [test]), Record())
    assert facts is not None
    assert facts.task == "classification"
    assert facts.model == 1
    assert facts.simple is None  # the model is excellent
    assert facts.feature_score is not None
    assert (facts.feature_score > 0.9) != apart
    assert answers_facts(Group([site(values, output=values, target=(values > 0).astype(float))]), Record()) is None  # of inputs


def test_an_exact_copy_of_the_target(random):
    values = random.normal(size=(300, 4))
    target = 3 * values[:, [2]] + 1
    facts = answers_facts(Group([site(values, output=target, target=target)]), Record())
    assert facts is not None
    assert facts.copied == 2


def test_classes_and_answers():
    assert classes_of(np.array([0.0, 1.0, 1.0])) is not None
    assert classes_of(np.array([0.5, 1.0])) is None
    assert classes_of(np.array([[0, 1], [1, 0]])).tolist() == [1, 0]
    assert answers_of(np.array([[-1.0], [2.0]])).tolist() == [0, 1]
    assert answers_of(np.array([[0.2], [0.8]])).tolist() == [0, 1]
