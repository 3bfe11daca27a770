"""Does one input alone give the answer?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bringup.findings import Family, Finding
from bringup.probes.probe import Probe
from bringup.probes.trial.compare import Difference
from bringup.probes.trial.outcome import Outcome

NUMBER = "number of the input"  # as findings measure it
TIMES, WORTH = 3.0, 0.05  # the error without the input, beside the error with it


@dataclass(frozen=True, kw_only=True)
class WithoutInput(Probe):
    """The script is run again with one column held at its mean; what is lost by it is what the column tells."""

    def on_script(self, finding: Finding) -> Mapping[str, Mapping[str, Any]] | None:
        """The column that the finding names by its number."""
        columns = [entry.value for entry in finding.evidence if entry.name == NUMBER]
        return {"without-input": {"column": int(columns[0])}} if columns and columns[0] is not None else None

    def weigh(self, control: Outcome, changed: Sequence[Outcome], finding: Finding) -> Difference:
        """Yes where the answers are much worse without the column, no where they are as good."""
        del finding
        before, after = control.answers, changed[0].answers
        if before is None or after is None:
            return Difference(control.quantity, before, after, "unclear")
        was, left = 1 - before, 1 - after
        worse = left >= max(TIMES * was, was + WORTH)
        return Difference(control.quantity, before, after, "yes" if worse else "no" if left <= was + WORTH / 5 else "unclear")


PROBE = WithoutInput(
    name="without-input",
    question="Does the model answer by one input alone?",
    family=Family.LEAKAGE,
    yes="Without this input the answers are much worse: find out whether it is known at the moment of prediction.",
    no="Without this input the answers are as good.",
)
