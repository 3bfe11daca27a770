"""Does the model learn more from true labels than from shuffled ones?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bringup.findings import Family, Finding
from bringup.probes.probe import Probe
from bringup.probes.trial.compare import Difference, broken, last, steps_of
from bringup.probes.trial.outcome import Outcome

SIMPLE = "score of simple models, cross-validated"  # as findings measure it
LIKE = 0.02  # of the loss with shuffled labels: what true labels have to gain before it counts
SPREADS = 3.0  # of the loss over shuffles, likewise


@dataclass(frozen=True, kw_only=True)
class ShuffledLabels(Probe):
    """A permutation test (Fisher 1935): where inputs tell nothing of labels, true labels are one more permutation of them."""

    def weigh(self, control: Outcome, changed: Sequence[Outcome], finding: Finding) -> Difference:
        """Yes where the loss with true labels is not below that with shuffled ones, beyond what shuffles differ by.

        A model that learns nothing at all tells nothing of labels, unless simple models were tried on the same rows.
        """
        runs = (control, *changed)
        steps = min(steps_of(run.losses) for run in runs)
        before = last(control.losses, steps)
        others = [loss for run in changed if (loss := last(run.losses, steps)) is not None]
        if before is None or len(others) < self.seeds or any(broken(run.losses) for run in runs):
            return Difference("loss with true labels, and with shuffled ones", before, None, "unclear")
        mean, spread = float(np.mean(others)), float(np.std(others, ddof=1))
        gained = mean - before
        first = control.losses.values[0]
        learns = abs(first - before) >= LIKE * abs(first) or any(entry.name == SIMPLE for entry in finding.evidence)
        nothing = gained <= max(LIKE * abs(mean), SPREADS * spread) if gained > 0 else True
        much = gained >= max(5 * LIKE * abs(mean), 2 * SPREADS * spread)
        answer = ("yes" if learns else "unclear") if nothing else "no" if much else "unclear"
        return Difference("loss with true labels, and with shuffled ones", before, mean, answer)


PROBE = ShuffledLabels(
    name="shuffled-labels",
    question="Does the model learn no more from true labels than from shuffled ones?",
    changes={"shuffled-labels": {}},
    seeds=3,
    decisive=True,
    family=Family.LABELS,
    yes="With shuffled labels the loss falls as far: the inputs tell nothing of the labels. Keep rows and labels together.",
    no="With true labels the loss falls further: the inputs tell something of them.",
)
