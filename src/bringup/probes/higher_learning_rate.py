"""Is the learning rate too low?"""

from bringup.findings import Family
from bringup.probes.change import Change
from bringup.probes.probe import Probe

PROBE = Probe(
    name="higher-learning-rate",
    question="Is the learning rate too low?",
    change=Change(learning_rate=10.0),
    changes={"learning-rate": {"factor": 10.0}},
    family=Family.LEARNING_RATE,
    yes="With ten times the learning rate the batch is learned: raise the learning rate, or train longer.",
    no="Ten times the learning rate does not help: the learning rate is not too low.",
)
