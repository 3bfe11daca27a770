"""Which calls count as training, which as judging, and which are left alone."""

import pytest

from bringup.checks.train_mode.evaluated_in_train_mode import EvaluatedInTrainMode
from bringup.checks.train_mode.trained_in_eval_mode import TrainedInEvalMode
from bringup.record import ModeFacts, OptimizerFacts, ProgramFacts, Record

TRAINED = ModeFacts(site=0, dropout=1, used=10, backwards=200)


def judged(*, optimizers=1, trained=TRAINED, **facts):
    place = ModeFacts(site=1, **({"dropout": 1, "judging": 20, "judging_in_train": 20, "runs": 5} | facts))
    record = Record(
        modes=(trained, place),
        program=ProgramFacts(script="train.py", steps=200),
        optimizers=tuple(OptimizerFacts(kind="Adam", steps=200) for _ in range(optimizers)),
    )
    return len(list(EvaluatedInTrainMode().detect(record)))


@pytest.mark.parametrize(
    ("facts", "count"),
    [
        ({}, 1),
        ({"judging_in_train": 0}, 0),
        ({"judging_in_train": 9}, 0),
        ({"model_number": 1}, 0),  # a target network, which is never trained
        ({"known_rows": 0.9}, 0),  # the score on the training rows
        ({"repeated": 15}, 0),  # dropout as a measure of doubt
        ({"runs": 180}, 0),  # at every step, new rows: targets
        ({"runs": 180, "fixed": True}, 1),  # at every step, the same rows: a test
    ],
)
def test_judging(facts, count):
    assert judged(**facts) == count


def test_a_generator_draws_samples_in_train_mode():
    feeding = TRAINED.model_copy(update={"feeds": True})
    assert judged(trained=feeding, optimizers=2) == 0
    assert judged(trained=feeding, optimizers=1) == 1


@pytest.mark.parametrize(
    ("facts", "severities"),
    [
        ({"in_eval": 200}, ["error"]),
        ({"in_eval": 50}, ["error"]),
        ({"in_eval": 30}, []),
        ({"in_eval": 200, "used": 0}, []),  # gradients that no step uses
        ({"in_eval": 200, "loaded": True}, ["note"]),
    ],
)
def test_training(facts, severities):
    record = Record(modes=(TRAINED.model_copy(update=facts),))
    assert [finding.severity.value for finding in TrainedInEvalMode().detect(record)] == severities
