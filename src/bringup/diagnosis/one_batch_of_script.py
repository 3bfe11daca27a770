"""Does a watched script learn one batch?"""

from bringup.diagnosis.confirming import MARGIN_SECONDS, SLACK, Limits
from bringup.diagnosis.one_batch import SUSPECTS, OneBatch, overfit_one_batch
from bringup.probes import PROBES, ProbeResult, Shape
from bringup.probes.change import Change
from bringup.probes.trial.experiment import ScriptExperiment
from bringup.probes.trial.trials import Again, Changes
from bringup.record import Record

NAME = "overfit-one-batch"
QUESTION = "Does it learn one batch by heart?"
STEPS, FEWEST_STEPS = 300, 60
MEANING: dict[Shape, str] = {
    "converges": "One batch is learned: data, model, loss, gradient and optimizer work together.",
    "goes-up": "On one and the same batch the loss goes up.",
    "explodes": "On one and the same batch the loss explodes.",
    "oscillates": "On one and the same batch the loss goes up and down.",
    "plateaus": "On one and the same batch the loss does not come near 0 in as many steps.",
}


def script_changes() -> dict[Change, Changes]:
    """What the changes of the experiment on one batch are for a script."""
    return {probe.change: probe.changes for probe in PROBES.values() if probe.change is not None and probe.changes}


def one_batch_of(record: Record, trials: Again, limits: Limits, *, suspects: bool) -> tuple[ProbeResult, ...]:
    """Freeze the script's first batch and train on it; where it is not learned, try what its shape makes suspect.

    Args:
        suspects: Whether to look for the reason.

    Returns:
        The trajectory, then the suspects that were tried; nothing where the batch cannot be held still.
    """
    program = record.need("program")
    steps = min(STEPS, program.steps)
    seconds = min(limits.seconds, SLACK * program.seconds + MARGIN_SECONDS)
    if steps < FEWEST_STEPS or seconds <= 0:
        return ()
    experiment = ScriptExperiment(trials=trials, table=script_changes(), seconds=seconds)
    if not experiment.freeze(steps=steps):
        return ()
    try:
        found = overfit_one_batch(experiment, seed=0, steps=steps, most=steps, budget=0)
        if suspects and not found.learned:
            wanted = SUSPECTS[found.trajectory.shape]
            wanted = wanted if limits.budget is None else wanted[: limits.budget]
            experiment.ahead([c for name in wanted if (c := PROBES[name].change)], steps)
            found = overfit_one_batch(experiment, seed=0, steps=steps, most=steps, budget=len(wanted))
    except RuntimeError:
        return ()  # the script does not run on one batch: then there is nothing to say
    return (as_result(found), *found.probes)


def as_result(found: OneBatch) -> ProbeResult:
    """The trajectory as the answer of a probe."""
    shape = found.trajectory.shape
    return ProbeResult(
        probe=NAME,
        question=QUESTION,
        quantity="loss on one batch",
        before=found.trajectory.first,
        after=found.trajectory.last,
        answer="yes" if found.learned else "unclear" if found.trajectory.falling else "no",
        meaning=MEANING[shape],
        shape=shape,
        steps=found.series.steps[-1] if found.series.steps else 0,
        series=found.series,
    )
