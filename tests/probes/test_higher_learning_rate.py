"""How many times higher a learning rate is tried."""

import pytest

from bringup.capture.running import watch_source
from bringup.checks.learning_rate.weights_hardly_move import WeightsHardlyMove
from bringup.checks.runner import run_checks
from bringup.findings import Cause, Family, Finding, Measurement, Severity
from bringup.probes.higher_learning_rate import FACTOR, MOST, PROBE, UPDATE, factors
from bringup.probes.trial.outcome import Outcome
from bringup.record import Series


def finding(update: float | None) -> Finding:
    evidence = () if update is None else (Measurement(name=UPDATE, value=update),)
    return Finding(
        code="LRN302",
        name="weights-hardly-move",
        cause=Cause.HYPERPARAMETERS,
        family=Family.LEARNING_RATE,
        severity=Severity.WARNING,
        message="The weights hardly move.",
        evidence=evidence,
    )


@pytest.mark.parametrize(
    ("update", "tried"),
    [
        (None, (FACTOR,)),
        (1e-3, (FACTOR,)),
        (1e-4, (FACTOR,)),
        (1e-6, (FACTOR, 1000.0)),
        (1e-12, (FACTOR, MOST)),
        (0.0, (FACTOR,)),
    ],
)
def test_the_update_says_how_far_to_go(update, tried):
    assert factors(finding(update)) == pytest.approx(tried)
    assert len(PROBE.runs(finding(update))) == len(tried)


def outcome(loss: float) -> Outcome:
    steps = tuple(range(100))
    return Outcome(
        ending="enough",
        steps=100,
        acted=100,
        losses=Series(unit="loss", steps=steps, values=tuple(1 + (loss - 1) * s / 99 for s in steps)),
    )


@pytest.mark.parametrize(
    ("losses", "answer"),
    [((0.99, 0.1), "yes"), ((0.1, float("nan")), "yes"), ((1.0, 1.0), "no"), ((0.9, float("nan")), "unclear")],
)
def test_one_factor_that_helps_is_enough(losses, answer):
    assert PROBE.compared(outcome(1.0), [outcome(loss) for loss in losses], finding(1e-6)).answer == answer


def test_findings_say_how_small_the_updates_are():
    (found,), _ = run_checks(watch_source(WeightsHardlyMove.bad), (WeightsHardlyMove(),))
    assert len(factors(found)) == 2
