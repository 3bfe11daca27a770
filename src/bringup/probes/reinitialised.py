"""Is the initialisation to blame?"""

from bringup.findings import Family
from bringup.probes.change import Change
from bringup.probes.probe import Probe

PROBE = Probe(
    name="reinitialised",
    question="Is the initialisation to blame?",
    change=Change(reinitialise=True),
    changes={"reinitialised": {}},
    family=Family.INITIALIZATION,
    yes="With He and Glorot initialisation the batch is learned: initialise so.",
    no="The initialisation is not the cause.",
)
