"""How far is too far, and when the distance is meant."""

import pytest

from bringup.checks.split.shifted_column import ShiftedColumn
from bringup.record import PartFacts, Record, ShiftFacts, SplitFacts


def severities(*, method="random", by=None, **shift):
    parts = {"train": PartFacts(rows=4000, digest="a"), "test": PartFacts(rows=1000, digest="b")}
    facts = ShiftFacts(column="x", part="test", **({"noise": 0.035, "distance": 0.0} | shift))
    record = Record(split=SplitFacts(method=method, parts=parts, by=by, shift=(facts,)))
    return [finding.severity.value for finding in ShiftedColumn().detect(record)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"distance": 0.1}, []),
        ({"distance": 0.3}, ["note"]),
        ({"distance": -0.8}, ["warning"]),
        ({"distance": float("inf"), "noise": 0.0}, ["warning"]),
        ({"distance": 0.8, "noise": 0.3}, []),  # few rows: chance
        ({"missing": 0.4}, ["note"]),
        ({"distance": 0.8, "method": "time"}, ["note"]),
        ({"distance": 0.8, "method": "time", "by": "x"}, []),
    ],
)
def test_gravity(facts, expected):
    assert severities(**facts) == expected
