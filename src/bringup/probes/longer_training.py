"""Did the training end too early?"""

from collections.abc import Sequence
from dataclasses import dataclass

from bringup.findings import Family, Finding
from bringup.probes.probe import Probe
from bringup.probes.trial.compare import HELPS, SAME, Difference, last
from bringup.probes.trial.measured import AT_THE_END, LATER
from bringup.probes.trial.outcome import Outcome

TIMES = 3


@dataclass(frozen=True, kw_only=True)
class LongerTraining(Probe):
    """The loss where the program ends, and after some times as many steps: over the same batches."""

    def weigh(self, control: Outcome, changed: Sequence[Outcome], finding: Finding) -> Difference:
        """Yes where the loss goes on falling."""
        del finding
        measures = changed[0].measures
        before = measures.get(AT_THE_END, last(control.losses))
        after = measures.get(LATER, last(changed[0].losses))
        if before is None or after is None or not before > 0 or after < 0:
            return Difference("loss", before, after, "unclear")
        answer = "yes" if after <= HELPS * before else "no" if after >= SAME * before else "unclear"
        return Difference("loss", before, after, answer)


PROBE = LongerTraining(
    name="longer-training",
    question="Did the training end too early?",
    changes={"longer-training": {"times": TIMES}},
    to_the_end=True,
    family=Family.EPOCHS,
    yes="After more steps the loss is much lower: train longer, or make more updates of each epoch.",
    no="More steps take hardly anything off the loss: the length of the training is not the cause.",
)
