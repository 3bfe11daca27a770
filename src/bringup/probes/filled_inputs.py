"""Do missing values break the training?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="filled-inputs",
    question="Do missing values break the training?",
    changes={"filled-inputs": {}},
    family=Family.FEATURES,
    yes="With missing values filled the loss stays finite: fill them, or leave out the rows.",
    no="With missing values filled the training goes no better.",
)
