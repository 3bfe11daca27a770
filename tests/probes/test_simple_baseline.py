"""A model beside simple ones: which is better, and where nothing can be said."""

import pytest

from bringup.probes.simple_baseline import simple_baseline
from bringup.record import AnswersFacts, Record


def record(*facts: AnswersFacts) -> Record:
    return Record(answers=facts)


def facts(model: float | None, simple: float | None, **options) -> AnswersFacts:
    settings = {"site": 0, "judged": 1, "task": "classification", "rows": 400, "features": 8, "judged_rows": 100, "error": 0.05}
    return AnswersFacts(**{**settings, "model": model, "simple": simple, "simple_name": "ridge regression", **options})


@pytest.mark.parametrize(
    ("model", "simple", "answer"),
    [(0.5, 0.9, "yes"), (0.9, 0.5, "no"), (0.8, 0.9, "no"), (0.7, 0.9, "yes"), (-3.0, 0.1, "yes")],
)
def test_better_beyond_chance(model, simple, answer):
    found = simple_baseline(record(facts(model, simple)))
    assert found is not None
    assert (found.before, found.after, found.answer) == (model, simple, answer)
    assert ("ridge regression" in found.meaning) == (answer == "yes")


def test_nothing_where_nothing_was_judged():
    assert simple_baseline(Record()) is None
    assert simple_baseline(record(facts(None, 0.9))) is None
    assert simple_baseline(record(facts(0.99, None))) is None


def test_the_place_with_most_rows_counts():
    found = simple_baseline(record(facts(0.5, 0.9, judged_rows=20), facts(0.9, 0.9, judged_rows=200)))
    assert found is not None
    assert found.answer == "no"
