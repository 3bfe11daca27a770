"""Are gradients of earlier steps used again?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="cleared-gradients",
    question="Are gradients of earlier steps used again?",
    changes={"cleared-gradients": {}},
    family=Family.UPDATE,
    yes="With gradients cleared after each step the training succeeds: call `optimizer.zero_grad()` in each step.",
    no="Clearing gradients changes nothing.",
)
