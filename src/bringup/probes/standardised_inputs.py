"""Are the inputs badly scaled?"""

from bringup.findings import Family
from bringup.probes.change import Change
from bringup.probes.probe import Probe

PROBE = Probe(
    name="standardised-inputs",
    question="Are the inputs badly scaled?",
    change=Change(standardise_inputs=True),
    changes={"standardised-inputs": {}},
    family=Family.PREPROCESSING,
    yes="With inputs of mean 0 and standard deviation 1 the batch is learned: normalise the inputs.",
    no="The scale of the inputs is not the cause.",
)
