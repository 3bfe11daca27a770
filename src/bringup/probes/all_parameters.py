"""Do parameters that no optimizer holds keep the training back?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="all-parameters",
    question="Do parameters that no optimizer holds keep the training back?",
    changes={"all-parameters": {}},
    family=Family.UPDATE,
    yes="With an optimizer for them as well the model learns better: hand every parameter to the optimizer.",
    no="Training them as well does not help.",
)
