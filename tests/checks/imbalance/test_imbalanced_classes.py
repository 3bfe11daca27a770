"""The ratio of the commonest class to the rarest."""

import pytest

from bringup.checks.imbalance.imbalanced_classes import ImbalancedClasses
from bringup.record import Record, TargetFacts


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((24720, 7841), []),  # adult
        ((5474, 348), ["note"]),  # Caravan
        ((9900, 100), ["warning"]),
        ((152, 124, 68), []),  # penguins
        ((500, 480, 1), []),  # a lone example has a check of its own
    ],
)
def test_ratio(counts, expected):
    classes = tuple((f"c{place}", count) for place, count in enumerate(counts))
    record = Record(target=TargetFacts(name="y", task="classification", rows=sum(counts), missing=0, classes=classes))
    found = list(ImbalancedClasses().detect(record))
    assert [finding.severity.value for finding in found] == expected
    for finding in found:
        assert finding.evidence[1].value == pytest.approx(max(counts) / sum(counts))
