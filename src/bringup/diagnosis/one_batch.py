"""Overfit one batch, and where it does not converge, put the suspects that its shape calls for to the test."""

from bringup.findings import Cause, Frozen
from bringup.probes import NOTHING, PROBES, Experiment, ProbeResult, Shape, Trajectory, classify
from bringup.probes.probe import thin
from bringup.record import Series

# The suspects that the field knows for each shape, most likely first (Tobin et al., Full Stack Deep Learning, 2019).
SUSPECTS: dict[Shape, tuple[str, ...]] = {
    "goes-up": ("negated-loss", "lower-learning-rate"),
    "explodes": (
        "lower-learning-rate",
        "standardised-inputs",
        "standardised-target",
        "float32",
        "negated-loss",
        "reinitialised",
    ),
    "oscillates": ("lower-learning-rate", "no-regularisation", "standardised-inputs", "zeroed-inputs"),
    "plateaus": (
        "higher-learning-rate",
        "no-regularisation",
        "default-optimizer",
        "lower-learning-rate",
        "standardised-inputs",
        "standardised-target",
        "reinitialised",
        "negated-loss",
        "zeroed-inputs",
    ),
    "converges": (),
}
STEPS = 1000
MOST_STEPS = 8000


class OneBatch(Frozen):
    """What became of one batch: its trajectory, what was tried, and the suspect that was proved."""

    trajectory: Trajectory
    series: Series
    floor: float
    probes: tuple[ProbeResult, ...] = ()
    proved: str | None = None
    cause: Cause | None = None

    @property
    def learned(self) -> bool:
        """Whether the batch was overfitted as things stand."""
        return self.trajectory.shape == "converges"


def overfit_one_batch(
    experiment: Experiment, *, seed: int, steps: int = STEPS, most: int = MOST_STEPS, budget: int = 9
) -> OneBatch:
    """Train on one frozen batch; where that fails, run the probes its shape calls for until one says yes.

    A loss that is still falling at the end gets twice the steps, up to `most`: a fixed budget would call slow learners faulty.

    Args:
        budget: Probes at most.
    """
    while True:
        series = experiment.one_batch(NOTHING, steps=steps, seed=seed)
        trajectory = classify(series.values, floor=experiment.floor)
        if trajectory.shape != "plateaus" or not trajectory.falling or steps * 2 > most:
            break
        steps *= 2
    results: list[ProbeResult] = []
    proved = None
    for name in SUSPECTS[trajectory.shape][:budget]:
        results.append(PROBES[name].run(experiment, trajectory, seed=seed))
        if results[-1].answer == "yes":
            proved = name
            break
    cause = PROBES[proved].family.cause if proved else None
    return OneBatch(
        trajectory=trajectory, series=thin(series), floor=experiment.floor, probes=tuple(results), proved=proved, cause=cause
    )
