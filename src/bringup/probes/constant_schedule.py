"""Does the schedule take the learning rate away too soon?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="constant-schedule",
    question="Does the schedule take the learning rate away too soon?",
    changes={"constant-schedule": {}},
    family=Family.SCHEDULE,
    yes="With the learning rate that it began with, the training goes on: let the schedule fall more slowly, or step "
    "it less often.",
    no="The schedule is not what holds the training back.",
)
