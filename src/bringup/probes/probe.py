"""What a probe is: a question, one change, and what each answer means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bringup.findings import Family, Finding
from bringup.probes.change import Change, Experiment
from bringup.probes.result import Answer, ProbeResult
from bringup.probes.trajectory import TINY, Trajectory, classify
from bringup.probes.trial.compare import By, Difference, compare
from bringup.probes.trial.outcome import Outcome
from bringup.record import Series

STEPS = 1000
MOST_STEPS = 8000
HELPS = 0.5  # the change must halve what is left of the loss
UNCLEAR = "The change made a difference, and not enough to tell."


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One experiment: on a frozen batch, or on a whole run of a script.

    Attributes:
        name: As findings name it in `confirm_with`.
        question: A question with a yes or a no.
        change: The one thing that is changed on a frozen batch; None where that says nothing.
        changes: The same for a script that is run again: options by the name of the change.
        control: What is measured in both runs of a script; changes that change nothing.
        at_line: Whether the change is made on the line of the finding only.
        seeds: How many runs with the change, each with a "seed" of its own.
        by: What two runs of a script are compared by.
        decisive: Whether a no withdraws the finding: only where a fault of its kind cannot be there without being seen here.
        to_the_end: Whether the script has to run on after its last step.
        family: Whose fault it is when the answer is yes.
        yes: What a yes means, and what to do.
        no: What a no means.
        steps, most: Optimizer steps at first, and at most.
    """

    name: str
    question: str
    change: Change | None = None
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    control: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    at_line: bool = False
    seeds: int = 1
    by: By = "either"
    decisive: bool = False
    to_the_end: bool = False
    family: Family
    yes: str
    no: str
    steps: int = STEPS
    most: int = MOST_STEPS

    def run(self, experiment: Experiment, before: Trajectory, *, seed: int) -> ProbeResult:
        """Train on the frozen batch with the change, and compare with the training without it."""
        assert self.change is not None
        series, after = follow(experiment, self.change, seed=seed, steps=self.steps, most=self.most)
        floor = experiment.floor(self.change)
        answer = self.judge(before, after, left_before=left(before, experiment.floor()), left_after=left(after, floor))
        return ProbeResult(
            probe=self.name,
            question=self.question,
            quantity="loss on one batch",
            before=before.last,
            after=after.last,
            answer=answer,
            meaning=self.meaning(answer),
            shape=after.shape,
            steps=len(series),
            series=thin(series),
        )

    def meaning(self, answer: Answer) -> str:
        """What an answer means."""
        return {"yes": self.yes, "no": self.no, "unclear": UNCLEAR}[answer]

    def on_script(self, finding: Finding) -> Mapping[str, Mapping[str, Any]] | None:
        """What to change in the script to put a finding to the test; None where this probe cannot."""
        if not self.changes or not self.at_line:
            return self.changes or None
        if finding.where is None or finding.where.line is None:
            return None
        line = {"file": finding.where.file, "line": finding.where.line}
        return {name: {**options, **line} for name, options in self.changes.items()}

    def runs(self, finding: Finding) -> list[Mapping[str, Mapping[str, Any]]]:
        """The changes of each run of a script that a finding asks for, beside the control; none where this probe cannot."""
        changes = self.on_script(finding)
        if changes is None:
            return []
        if self.seeds == 1:
            return [{**self.control, **changes}]
        seeded = [{name: {**options, "seed": seed} for name, options in changes.items()} for seed in range(self.seeds)]
        return [{**self.control, **entry} for entry in seeded]

    def compared(self, control: Outcome, changed: Sequence[Outcome], finding: Finding) -> ProbeResult:
        """The answer of runs of the script with the change, beside one without it."""
        found = self.weigh(control, changed, finding)
        answer = "unclear" if any(invalid(entry) for entry in changed) else found.answer
        return ProbeResult(
            probe=self.name,
            question=self.question,
            quantity=found.quantity,
            before=found.before,
            after=found.after,
            answer=answer,
            meaning=self.meaning(answer),
            steps=changed[found.run].steps,
            series=thin(changed[found.run].losses),
        )

    def weigh(self, control: Outcome, changed: Sequence[Outcome], finding: Finding) -> Difference:
        """Compare runs of a script."""
        del finding
        return compare(control, changed[0], by=self.by)

    def judge(self, before: Trajectory, after: Trajectory, *, left_before: float, left_after: float) -> Answer:
        """Yes where the batch is learned only with the change, no where the change does not halve what is left.

        Args:
            before, after: The trajectories without and with the change.
            left_before, left_after: What is left of the loss above its floor at the end, as a share of the start.
        """
        if after.shape == "converges" and before.shape != "converges":
            return "yes"
        if after.shape == "explodes" or not left_after <= HELPS * left_before:
            return "no"
        return "unclear"


def invalid(outcome: Outcome) -> bool:
    """Whether a run tells nothing: its change changed nothing, or did not work."""
    return outcome.acted == 0 or any(not trouble.startswith("answers") for trouble in outcome.troubles)


def follow(experiment: Experiment, change: Change, *, seed: int, steps: int, most: int) -> tuple[Series, Trajectory]:
    """Train on the frozen batch; a loss that is still falling at the end gets twice the steps, up to `most`.

    A fixed budget would call slow learners faulty.
    """
    while True:
        series = experiment.one_batch(change, steps=steps, seed=seed)
        path = classify(series.values, floor=experiment.floor(change), ignorant=experiment.ignorant(change))
        if path.shape != "plateaus" or not path.falling or steps * 2 > most:
            return series, path
        steps *= 2


def left(path: Trajectory, floor: float) -> float:
    """What is left of the loss above its floor, as a share of what it was at the start; all of it for a loss that exploded."""
    if path.shape == "explodes":
        return 1.0
    return abs(path.last - floor) / max(abs(path.first - floor), TINY)


def thin(series: Series, points: int = 200) -> Series:
    """At most so many values of a series, the first and the last among them: enough to draw it."""
    if len(series) <= points:
        return series
    picked: Sequence[int] = sorted({round(i * (len(series) - 1) / (points - 1)) for i in range(points)})
    return Series(
        unit=series.unit, steps=tuple(series.steps[i] for i in picked), values=tuple(series.values[i] for i in picked)
    )
