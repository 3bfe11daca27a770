"""Is the target badly scaled?"""

from bringup.findings import Family
from bringup.probes.change import Change
from bringup.probes.probe import Probe

PROBE = Probe(
    name="standardised-target",
    question="Is the target badly scaled?",
    change=Change(standardise_target=True),
    by="answers",
    changes={"standardised-target": {}},
    family=Family.PREPROCESSING,
    yes="With a target of mean 0 and standard deviation 1 the batch is learned: standardise the target.",
    no="The scale of the target is not the cause.",
)
