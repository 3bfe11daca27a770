"""Are evaluated rows prepared otherwise than training rows?"""

from collections.abc import Sequence
from dataclasses import dataclass

from bringup.findings import Family, Finding
from bringup.probes.probe import Probe
from bringup.probes.trial.compare import Difference, by_measure
from bringup.probes.trial.measured import RIGHT, SCORE
from bringup.probes.trial.outcome import Outcome


@dataclass(frozen=True, kw_only=True)
class SamePreparation(Probe):
    """Compared by what the program itself makes of its evaluated rows: how many answers equal the truth, or a score."""

    def weigh(self, control: Outcome, changed: Sequence[Outcome], finding: Finding) -> Difference:
        """Yes where evaluated rows are answered better, and the training was the same."""
        del finding
        found = by_measure(control, changed[0], (RIGHT, SCORE))
        return found or Difference(RIGHT, None, None, "unclear")


PROBE = SamePreparation(
    name="same-preparation",
    question="Are evaluated rows prepared otherwise than training rows?",
    changes={"same-preparation": {}},
    control={"evaluated-answers": {}},
    to_the_end=True,
    family=Family.PREPROCESSING,
    yes="Scaled like the training rows, the evaluated ones are answered better: prepare both with the same transformer.",
    no="Scaled like the training rows, they are answered no better.",
)
