"""Is the target badly scaled?"""

from collections.abc import Sequence
from dataclasses import dataclass

from bringup.findings import Family, Finding
from bringup.probes.change import Change
from bringup.probes.probe import Probe
from bringup.probes.result import Answer
from bringup.probes.trial.compare import HELPS, SAME, WORTH, Difference, broken, last
from bringup.probes.trial.measured import VARIANCE
from bringup.probes.trial.outcome import Outcome

LEFT = "share of the target's variance that is left"


@dataclass(frozen=True, kw_only=True)
class StandardisedTarget(Probe):
    """Losses in different units are compared by the share of the target's variance that they leave."""

    def weigh(self, control: Outcome, changed: Sequence[Outcome], finding: Finding) -> Difference:
        """Yes where less of the variance is left when the target has variance 1."""
        del finding
        variance = changed[0].measures.get(VARIANCE)
        was, left = last(control.losses), last(changed[0].losses)
        if not variance or was is None or left is None:
            return Difference(LEFT, None, left, "unclear")
        return Difference(LEFT, was / variance, left, helped(was / variance, left, broken=broken(control.losses)))


def helped(was: float, left: float, *, broken: bool) -> Answer:
    """The answer to two shares that are left of a variance."""
    if broken:
        return "yes" if left <= 1 else "unclear"
    if left <= HELPS * was and was - left >= WORTH:
        return "yes"
    return "no" if not left < SAME * was else "unclear"


PROBE = StandardisedTarget(
    name="standardised-target",
    question="Is the target badly scaled?",
    change=Change(standardise_target=True),
    by="answers",
    changes={"standardised-target": {}},
    family=Family.PREPROCESSING,
    yes="With a target of mean 0 and standard deviation 1 the batch is learned: standardise the target.",
    no="The scale of the target is not the cause.",
)
