"""Does a view rename axes that have to be moved?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="moved-axes",
    question="Does a view rename axes that have to be moved?",
    changes={"moved-axes": {}},
    family=Family.SHAPES,
    yes="With the values moved along with the axes the model learns better: transpose or permute in place of the view.",
    no="With the values moved it learns no better.",
    at_line=True,
)
