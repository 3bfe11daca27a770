"""Is the model in the wrong mode?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="right-mode",
    question="Is the model in the wrong mode?",
    changes={"right-mode": {}},
    family=Family.TRAIN_MODE,
    yes="In train mode where it trains, and eval mode where it does not, the model learns: call `model.train()` and "
    "`model.eval()`.",
    no="The mode is not what holds the training back.",
)
