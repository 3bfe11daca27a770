"""Does the order of the rows keep the model from learning?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="shuffled-data",
    question="Does the order of the rows keep the model from learning?",
    changes={"shuffled-data": {}},
    family=Family.ORDER,
    yes="In random order the model learns better: shuffle the training rows in every epoch.",
    no="In random order it learns no better.",
    by="answers",
)
