"""Is the model evaluated in a mode in which its answers depend on chance, or on the other rows?"""

from collections.abc import Sequence
from dataclasses import dataclass

from bringup.findings import Family, Finding
from bringup.probes.probe import Probe
from bringup.probes.trial.compare import Difference
from bringup.probes.trial.measured import AS_IS, STEADY
from bringup.probes.trial.outcome import Outcome

MOVES, STAYS = 0.01, 1e-4  # of the spread of the answers


@dataclass(frozen=True, kw_only=True)
class SteadyAnswers(Probe):
    """Each evaluated batch is asked again in other company, as the program asks and in eval mode without dropout."""

    def weigh(self, control: Outcome, changed: Sequence[Outcome], finding: Finding) -> Difference:
        """Yes where answers move as things are, and stay in eval mode."""
        del control, finding
        before, after = changed[0].measures.get(AS_IS), changed[0].measures.get(STEADY)
        quantity = "how far an answer moves, relative to the spread of the answers"
        if before is None or after is None:
            return Difference(quantity, before, after, "unclear")
        answer = "yes" if before >= MOVES and after <= STAYS else "no" if before <= STAYS else "unclear"
        return Difference(quantity, before, after, answer)


PROBE = SteadyAnswers(
    name="steady-answers",
    question="Do the model's answers to evaluated rows depend on chance, or on the other rows of their batch?",
    changes={"steady-answers": {}},
    to_the_end=True,
    decisive=True,
    family=Family.TRAIN_MODE,
    yes="The same row asked again gets another answer, and in eval mode the same: call `model.eval()` before the evaluation.",
    no="The same row gets the same answer.",
)
