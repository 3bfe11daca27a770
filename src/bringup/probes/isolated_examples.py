"""Does a layer take the examples of a batch for the steps of a sequence?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="isolated-examples",
    question="Does a layer take the examples of a batch for the steps of a sequence?",
    changes={"other-batch-axis": {}},
    family=Family.SHAPES,
    yes="With the batch on its other axis the model learns better: set `batch_first`, or transpose the input.",
    no="With the batch on its other axis it learns no better.",
    at_line=True,
)
