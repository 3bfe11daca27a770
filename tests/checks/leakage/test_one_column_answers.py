"""How grave a strong column is: a fair strong input must not be called a leak."""

import pytest

from bringup.checks.leakage.one_column_answers import OneColumnAnswers
from bringup.record import FeaturePower, Record, Relation, RelationFacts, TargetFacts


def found(*determined, rows=2000, task="classification", relations=()):
    key = "determined" if task == "classification" else "score"
    power = tuple(
        FeaturePower(column=f"x{place}", **({"score": 0.9, key: value} if key == "determined" else {"score": value}))
        for place, value in enumerate(determined)
    )
    facts = RelationFacts(rows=rows, power=power, with_target=relations)
    record = Record(target=TargetFacts(name="y", task=task, rows=rows, missing=0), relations=facts)
    return [(finding.where.column, finding.severity.value) for finding in OneColumnAnswers().detect(record)]


@pytest.mark.parametrize(
    ("determined", "expected"),
    [
        ((0.9995, 0.1), [("x0", "error")]),
        ((0.98, 0.1), [("x0", "warning")]),
        ((0.59, 0.05), [("x0", "note")]),
        ((0.82, 0.77, 0.74), []),  # breast cancer: several measurements of one thing
        ((0.81, 0.79, 0.54), []),  # iris
        ((0.31, 0.09), []),  # titanic
        ((0.6,), []),  # one input is no rival to itself
        ((0.99, 0.98, 0.1), [("x0", "warning"), ("x1", "warning")]),
    ],
)
def test_classes(determined, expected):
    assert found(*determined) == expected


def test_exact_on_few_rows_is_no_error():
    assert found(1.0, 0.1, rows=150) == [("x0", "warning")]


def test_amounts():
    assert found(0.84, 0.12, task="regression") == [("x0", "note")]
    assert found(0.87, 0.86, 0.03, task="regression") == []


def test_columns_of_an_exact_relation_are_left_to_its_check():
    relation = Relation(kind="sum", columns=("x0", "x1"), of="y", share=1.0)
    assert found(0.99, 0.4, 0.3, task="regression", relations=(relation,)) == []
