"""Which columns of a sum or a difference have to go."""

from bringup.checks.leakage.sum_to_target import SumToTarget
from bringup.record import FeaturePower, Record, Relation, RelationFacts


def columns(kind, share=1.0):
    power = (FeaturePower(column="due", score=0.02), FeaturePower(column="actual", score=0.12))
    relation = Relation(kind=kind, columns=("due", "actual"), of="delay", share=share)
    record = Record(relations=RelationFacts(rows=1000, power=power, with_target=(relation,)))
    return [finding.where.column for finding in SumToTarget().detect(record)]


def test_all_parts_of_a_sum():
    assert columns("sum") == ["due", "actual"]


def test_the_telling_part_of_a_difference():
    assert columns("difference") == ["actual"]


def test_most_rows_are_not_enough():
    assert columns("sum", share=0.94) == []
