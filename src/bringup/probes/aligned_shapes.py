"""Do prediction and target broadcast against each other?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="aligned-shapes",
    question="Do prediction and target broadcast against each other?",
    changes={"aligned-shapes": {}, "aligned-operands": {}},
    at_line=True,
    family=Family.SHAPES,
    yes="With equal shapes the training succeeds: every prediction was compared with every target of the batch.",
    no="Their shapes are not what holds the training back.",
)
