"""Does the layer only have the wrong size?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="fitting-layer",
    question="Does the layer only have the wrong size?",
    changes={"fitting-layer": {}},
    family=Family.CRASH,
    yes="With the size of what it is given the program goes on: build the layer for that size.",
    no="With layers that fit the exception comes all the same.",
    by="ending",
)
