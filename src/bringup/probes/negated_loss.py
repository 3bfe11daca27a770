"""Is the sign of the loss or of the gradient flipped?"""

from bringup.findings import Family
from bringup.probes.change import Change
from bringup.probes.probe import Probe

PROBE = Probe(
    name="negated-loss",
    question="Is the sign of the loss or of the gradient flipped?",
    change=Change(negate_loss=True),
    changes={"negated-loss": {}},
    family=Family.LOSS_INPUT,
    yes="Trained on minus the loss, the batch is learned: a sign is flipped in the loss or in the update.",
    no="The sign is right.",
)
