"""Does regularisation keep the batch from being learned?"""

from bringup.findings import Family
from bringup.probes.change import Change
from bringup.probes.probe import Probe

PROBE = Probe(
    name="no-regularisation",
    question="Does regularisation keep the batch from being learned?",
    change=Change(no_regularisation=True),
    changes={"no-regularisation": {}},
    family=Family.REGULARIZATION,
    yes="Without weight decay, dropout and augmentation the batch is learned: regularise less until the model fits.",
    no="Regularisation is not what holds it back.",
)
