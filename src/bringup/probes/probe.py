"""What a probe is: a question, one change, and what each answer means."""

from collections.abc import Sequence
from dataclasses import dataclass

from bringup.findings import Family
from bringup.probes.change import Change, Experiment
from bringup.probes.result import Answer, ProbeResult
from bringup.probes.trajectory import Trajectory, classify
from bringup.record import Series

HELPS = 0.5  # the change must halve what is left of the loss


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One experiment on a frozen batch.

    Attributes:
        name: As findings name it in `confirm_with`.
        question: A question with a yes or a no.
        change: The one thing that is changed.
        family: Whose fault it is when the answer is yes.
        yes: What a yes means, and what to do.
        no: What a no means.
        steps: Optimizer steps at most.
    """

    name: str
    question: str
    change: Change
    family: Family
    yes: str
    no: str
    steps: int = 1000

    def run(self, experiment: Experiment, before: Trajectory, *, seed: int) -> ProbeResult:
        """Train on the frozen batch with the change, and compare with the training without it."""
        series = experiment.one_batch(self.change, steps=self.steps, seed=seed)
        after = classify(series.values, floor=experiment.floor)
        answer = self.judge(before, after, floor=experiment.floor)
        return ProbeResult(
            probe=self.name,
            question=self.question,
            quantity="loss on one batch",
            before=before.last,
            after=after.last,
            answer=answer,
            meaning={"yes": self.yes, "no": self.no, "unclear": "The change made a difference, and not enough to tell."}[
                answer
            ],
            shape=after.shape,
            steps=len(series),
            series=thin(series),
        )

    def judge(self, before: Trajectory, after: Trajectory, *, floor: float) -> Answer:
        """Yes where the batch is learned only with the change, no where the change does not halve what is left."""
        if after.shape == "converges" and before.shape != "converges":
            return "yes"
        if after.shape == "explodes" or not after.last - floor <= HELPS * max(
            before.last - floor, before.first - floor if before.shape == "explodes" else 0.0
        ):
            return "no"
        return "unclear"


def thin(series: Series, points: int = 200) -> Series:
    """At most so many values of a series, the first and the last among them: enough to draw it."""
    if len(series) <= points:
        return series
    picked: Sequence[int] = sorted({round(i * (len(series) - 1) / (points - 1)) for i in range(points)})
    return Series(
        unit=series.unit, steps=tuple(series.steps[i] for i in picked), values=tuple(series.values[i] for i in picked)
    )
