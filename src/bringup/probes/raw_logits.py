"""Does the loss get what it does not want: probabilities for logits, or the reverse?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="raw-logits",
    question="Does the loss get what it does not want: probabilities for logits, or the reverse?",
    changes={"raw-logits": {}},
    family=Family.LOSS_INPUT,
    yes="Given what it wants, the loss falls further: hand it the raw output of the last layer, or the probabilities, "
    "as its name asks for.",
    no="What goes into the loss is of the right kind.",
)
