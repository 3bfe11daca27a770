"""Overfit one batch, and where it does not converge, put the suspects that its shape calls for to the test."""

from bringup.findings import Cause, Frozen
from bringup.probes import NOTHING, PROBES, Experiment, ProbeResult, Shape, Trajectory
from bringup.probes.probe import MOST_STEPS, STEPS, follow, thin
from bringup.record import Series

# The suspects that the field knows for each shape, most likely first (Tobin et al., Full Stack Deep Learning, 2019).
# What stands first applies only where it is plain to see, and would otherwise be blamed on the learning rate.
SUSPECTS: dict[Shape, tuple[str, ...]] = {
    "goes-up": ("negated-loss", "lower-learning-rate", "default-optimizer"),
    "explodes": (
        "standardised-inputs",
        "standardised-target",
        "lower-learning-rate",
        "default-optimizer",
        "float32",
        "negated-loss",
        "reinitialised",
    ),
    "oscillates": (
        "standardised-inputs",
        "lower-learning-rate",
        "no-regularisation",
        "default-optimizer",
        "float32",
        "zeroed-inputs",
    ),
    "plateaus": (
        "standardised-inputs",
        "standardised-target",
        "higher-learning-rate",
        "no-regularisation",
        "default-optimizer",
        "lower-learning-rate",
        "float32",
        "reinitialised",
        "negated-loss",
        "zeroed-inputs",
    ),
    "converges": (),
}


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
    experiment: Experiment, *, seed: int, steps: int = STEPS, most: int = MOST_STEPS, budget: int = 10
) -> OneBatch:
    """Train on one frozen batch; where that fails, run the probes its shape calls for until one says yes.

    A loss that is still falling at the end gets twice the steps, up to `most`: a fixed budget would call slow learners faulty.

    Args:
        experiment: What is trained.
        seed: The same seed gives the same result.
        steps, most: Optimizer steps at first, and at most.
        budget: Probes at most; those that would change nothing in this experiment are left out and not counted.
    """
    series, trajectory = follow(experiment, NOTHING, seed=seed, steps=steps, most=most)
    results: list[ProbeResult] = []
    proved = None
    suspects = [name for name in SUSPECTS[trajectory.shape] if (c := PROBES[name].change) and experiment.applies(c)]
    for name in suspects[:budget]:
        results.append(PROBES[name].run(experiment, trajectory, seed=seed))
        if results[-1].answer == "yes":
            proved = name
            break
    cause = PROBES[proved].family.cause if proved else None
    return OneBatch(
        trajectory=trajectory, series=thin(series), floor=experiment.floor(), probes=tuple(results), proved=proved, cause=cause
    )
