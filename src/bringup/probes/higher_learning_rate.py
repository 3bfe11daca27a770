"""Is the learning rate too low?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bringup.findings import Family, Finding
from bringup.probes.change import Change
from bringup.probes.probe import Probe
from bringup.probes.trial.compare import Difference, compare
from bringup.probes.trial.outcome import Outcome

FACTOR = 10.0
UPDATE = "median update relative to the weights"  # as findings measure it
HEALTHY = 1e-3  # what an update is near in a training that goes well
MOST = 1e6


@dataclass(frozen=True, kw_only=True)
class HigherLearningRate(Probe):
    """Ten times the rate; where a finding says how small the updates are, also the rate at which they would be a thousandth."""

    def runs(self, finding: Finding) -> list[Mapping[str, Mapping[str, Any]]]:
        """One run for each factor."""
        return [{**self.control, "learning-rate": {"factor": factor}} for factor in factors(finding)]

    def weigh(self, control: Outcome, changed: Sequence[Outcome], finding: Finding) -> Difference:
        """Yes where one of the factors helps, no where none does: too large a step helps no more than too small a one."""
        del finding
        found = [replace(compare(control, run, by=self.by), run=number) for number, run in enumerate(changed)]
        order = {"yes": 0, "unclear": 1, "no": 2}
        return min(found, key=lambda entry: order[entry.answer])


def factors(finding: Finding) -> tuple[float, ...]:
    """How many times higher the learning rate is tried."""
    update = next((entry.value for entry in finding.evidence if entry.name == UPDATE), None)
    if not isinstance(update, int | float) or update <= 0:
        return (FACTOR,)
    aimed = min(HEALTHY / update, MOST)
    return (FACTOR, aimed) if aimed > 3 * FACTOR else (FACTOR,)


PROBE = HigherLearningRate(
    name="higher-learning-rate",
    question="Is the learning rate too low?",
    change=Change(learning_rate=FACTOR),
    changes={"learning-rate": {"factor": FACTOR}},
    family=Family.LEARNING_RATE,
    yes="With a higher learning rate more is learned: raise the learning rate, or train longer.",
    no="A higher learning rate does not help: the learning rate is not too low.",
)
