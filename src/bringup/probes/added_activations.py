"""Is a non-linearity missing?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="added-activations",
    question="Is a non-linearity missing?",
    changes={"added-activations": {}},
    family=Family.ARCHITECTURE,
    yes="With a ReLU between its layers the model learns better: put an activation after each hidden layer.",
    no="With a ReLU between its layers the model learns no better: what it learns is linear.",
)
