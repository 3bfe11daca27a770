"""Does the table only have too few rows?"""

from bringup.findings import Family
from bringup.probes.probe import Probe

PROBE = Probe(
    name="larger-table",
    question="Does the table only have too few rows?",
    changes={"larger-table": {}},
    family=Family.CRASH,
    yes="With a row for every number the program goes on: build the embedding with as many rows as there are numbers.",
    no="With enough rows the exception comes all the same.",
    by="ending",
)
