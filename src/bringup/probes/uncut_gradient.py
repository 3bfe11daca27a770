"""Is the gradient cut where it is needed?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="uncut-gradient",
    question="Is the gradient cut where it is needed?",
    changes={"uncut-gradient": {}},
    family=Family.UPDATE,
    yes="With the graph left whole on this line the model learns better: do not detach there, and leave gradients on.",
    no="The graph left whole on this line does not help.",
    at_line=True,
)
