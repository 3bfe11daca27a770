"""How many shared rows matter, and when chance explains them."""

import pytest

from bringup.checks.leakage.rows_in_both_parts import RowsInBothParts
from bringup.record import DuplicateFacts, PartFacts, Record, SplitFacts


def severities(shared, *, expected=0.0):
    parts = {"train": PartFacts(rows=8000, digest="a"), "test": PartFacts(rows=2000, digest="b")}
    facts = DuplicateFacts(
        rows=10_000,
        copies=0,
        input_copies=0,
        conflicting=0,
        expected=0,
        expected_inputs=expected,
        across={"train-test": shared},
    )
    record = Record(split=SplitFacts(method="random", parts=parts), duplicates=facts)
    return [finding.severity.value for finding in RowsInBothParts().detect(record)]


@pytest.mark.parametrize(("shared", "expected"), [(0, []), (1, []), (4, ["note"]), (250, ["warning"]), (1500, ["error"])])
def test_gravity(shared, expected):
    assert severities(shared) == expected


def test_a_table_of_few_values_is_full_of_copies():
    assert severities(1990, expected=9950) == []
