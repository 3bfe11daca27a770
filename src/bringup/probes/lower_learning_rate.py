"""Is the learning rate too high?"""

from bringup.findings import Family
from bringup.probes.change import Change
from bringup.probes.probe import Probe

PROBE = Probe(
    name="lower-learning-rate",
    question="Is the learning rate too high?",
    change=Change(learning_rate=0.1),
    changes={"learning-rate": {"factor": 0.1}},
    family=Family.LEARNING_RATE,
    yes="With a tenth of the learning rate the batch is learned: lower the learning rate.",
    no="A tenth of the learning rate does not help: the learning rate is not too high.",
)
