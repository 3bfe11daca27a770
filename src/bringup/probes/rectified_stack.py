"""Do sigmoids on top of each other let the gradient fade?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="rectified-stack",
    question="Do sigmoids on top of each other let the gradient fade?",
    changes={"rectified-stack": {}},
    family=Family.ARCHITECTURE,
    yes="With ReLU in their place the model learns better: use ReLU between hidden layers.",
    no="With ReLU in their place it learns no better.",
)
