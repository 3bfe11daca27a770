"""Is the narrowest layer too narrow?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="wider-twin",
    question="Is the narrowest layer too narrow?",
    changes={"wider-layer": {}},
    family=Family.CAPACITY,
    yes="A twin with a wider layer there learns better: widen it.",
    no="A twin with a wider layer there learns no better.",
)
