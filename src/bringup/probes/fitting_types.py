"""Do values only have the wrong type?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="fitting-types",
    question="Do values only have the wrong type?",
    changes={"fitting-types": {}},
    family=Family.CRASH,
    yes="With values of the right type the program goes on: convert them.",
    no="With values of the right type the exception comes all the same.",
    by="ending",
)
