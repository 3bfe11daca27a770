"""Does an operation reach the point where it is infinite?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="finite-operation",
    question="Does an operation reach the point where it is infinite?",
    changes={"finite-operation": {}},
    family=Family.NUMERICS,
    yes="With its argument kept off that point the loss stays finite: add a small number, or use a loss that is stable.",
    no="The loss breaks as before: something else makes it infinite.",
    at_line=True,
    by="loss",
)
