"""Is the memory held by graphs that a line keeps?"""

from collections.abc import Sequence
from dataclasses import dataclass

from bringup.findings import Family, Finding
from bringup.probes.probe import Probe
from bringup.probes.trial.compare import Difference
from bringup.probes.trial.measured import GRAPHS
from bringup.probes.trial.outcome import Outcome

MANY, FEW = 8.0, 0.5  # graphs alive before, and the share of them that may be left


@dataclass(frozen=True, kw_only=True)
class GraphsLetGo(Probe):
    """Counts the graphs that are alive after equally many steps."""

    def weigh(self, control: Outcome, changed: Sequence[Outcome], finding: Finding) -> Difference:
        """Yes where most graphs are gone."""
        del finding
        before, after = control.measures.get(GRAPHS), changed[0].measures.get(GRAPHS)
        if before is None or after is None or before < MANY:
            return Difference(GRAPHS, before, after, "unclear")
        return Difference(GRAPHS, before, after, "yes" if after <= FEW * before else "no" if after >= before else "unclear")


PROBE = GraphsLetGo(
    name="graphs-let-go",
    question="Are graphs of earlier steps kept alive from this line?",
    changes={"graphs-let-go": {}},
    control={"live-graphs": {}},
    at_line=True,
    family=Family.MEMORY,
    yes="With values kept in place of tensors the graphs are gone: keep `loss.item()`, and evaluate inside `torch.no_grad()`.",
    no="They are alive all the same: something else keeps them.",
)
