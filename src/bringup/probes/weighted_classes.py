"""Is a class overlooked because it is rare?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="weighted-classes",
    question="Is a class overlooked because it is rare?",
    changes={"weighted-classes": {}},
    family=Family.IMBALANCE,
    yes="With classes that weigh alike the rare ones are found: give the loss their weights.",
    no="With classes that weigh alike the answers are no better.",
    by="answers",
)
