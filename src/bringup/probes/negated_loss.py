"""Is the sign of the loss or of the gradient flipped?"""

from collections.abc import Sequence
from dataclasses import dataclass

from bringup.findings import Family, Finding
from bringup.probes.change import Change
from bringup.probes.probe import Probe
from bringup.probes.trial.compare import Difference, compare, last
from bringup.probes.trial.outcome import Outcome

RUNS_AWAY, STAYS = 3.0, 1.5  # times the first loss, in size


@dataclass(frozen=True, kw_only=True)
class NegatedLoss(Probe):
    """A loss of the wrong sign falls below 0 without end: of such a one the size is compared, which is that of the error."""

    def weigh(self, control: Outcome, changed: Sequence[Outcome], finding: Finding) -> Difference:
        """Yes where the loss runs away below 0, and stays about its first size when it is negated."""
        del finding
        found = compare(control, changed[0])
        before, after = last(control.losses), last(changed[0].losses)
        if found.answer == "yes" or before is None or after is None or not before < 0:
            return found
        first = abs(control.losses.values[0])
        mended = abs(before) >= RUNS_AWAY * first and abs(after) <= STAYS * first
        return Difference("loss", before, after, "yes" if mended else found.answer)


PROBE = NegatedLoss(
    name="negated-loss",
    question="Is the sign of the loss or of the gradient flipped?",
    change=Change(negate_loss=True),
    changes={"negated-loss": {}},
    family=Family.LOSS_INPUT,
    yes="Trained on minus the loss, the batch is learned: a sign is flipped in the loss or in the update.",
    no="The sign is right.",
)
