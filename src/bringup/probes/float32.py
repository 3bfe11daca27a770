"""Is the number format too narrow?"""

from bringup.findings import Family
from bringup.probes.change import Change
from bringup.probes.probe import Probe

PROBE = Probe(
    name="float32",
    question="Is the number format too narrow?",
    change=Change(float32=True),
    family=Family.NUMERICS,
    yes="In float32 the batch is learned: a narrower format lost what mattered.",
    no="The number format is not the cause.",
)
