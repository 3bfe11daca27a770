"""Does a state carry the graph of an earlier step along?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="detached-state",
    question="Does a state carry the graph of an earlier step along?",
    changes={"detached-state": {}},
    family=Family.CRASH,
    yes="With what an earlier step made detached the program goes on: detach the state between steps.",
    no="With it detached the exception comes all the same.",
    by="ending",
)
