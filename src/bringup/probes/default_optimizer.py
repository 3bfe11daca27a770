"""Is it the optimizer or its settings?"""

from bringup.findings import Family
from bringup.probes.change import Change
from bringup.probes.probe import Probe

PROBE = Probe(
    name="default-optimizer",
    question="Is it the optimizer or its settings?",
    change=Change(optimizer="adam"),
    changes={"default-optimizer": {}},
    family=Family.LEARNING_RATE,
    yes="Adam at 3e-4 learns the batch: start from it.",
    no="Adam at 3e-4 does no better: the optimizer is not the cause.",
)
