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


NAN = float("nan")


@pytest.mark.parametrize(
    ("losses", "answer", "shown"),
    [((0.99, 0.1), "yes", 1), ((0.1, NAN), "yes", 0), ((1.0, 1.0), "no", 0), ((0.9, NAN), "unclear", 0)],
)
def test_one_factor_that_helps_is_enough_and_is_shown(losses, answer, shown):
    result = PROBE.compared(outcome(1.0), [outcome(loss) for loss in losses], finding(1e-6))
    assert result.answer == answer
    assert result.series is not None
    assert result.series.values[-1] == pytest.approx(losses[shown])


def test_findings_say_how_small_the_updates_are():
    (found,), _ = run_checks(watch_source(WeightsHardlyMove.bad), (WeightsHardlyMove(),))
    assert len(factors(found)) == 2
