"""Is the softmax taken over the wrong axis?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="right-axis",
    question="Is the softmax taken over the wrong axis?",
    changes={"other-axis": {}},
    family=Family.SHAPES,
    yes="Over the other axis the model learns better: give the softmax the axis of the classes.",
    no="Over the other axis it learns no better.",
    at_line=True,
)
