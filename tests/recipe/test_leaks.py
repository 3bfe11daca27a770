"""Columns that give the answer away are left out, and the run says so; a person's word overrules that."""

import numpy as np
import polars as pl
import pytest

from bringup import api
from bringup.errors import BringupError

LINEAR = {"kinds": ("constant", "linear")}


@pytest.fixture
def wage(kit):
    """A table with a target of values, all positive."""
    return kit.values().with_columns(score=pl.col("score") - pl.col("score").min() + 1)


LEAKS = {
    "a copy": lambda frame: frame.with_columns(leak=pl.col("score")),
    "a copy in another unit": lambda frame: frame.with_columns(leak=pl.col("score") * 1.8 + 32),
    "its logarithm": lambda frame: frame.with_columns(leak=pl.col("score").log()),
    "two parts of it": lambda frame: frame.with_columns(
        leak=pl.col("score") * pl.Series(np.random.default_rng(0).uniform(0.2, 0.8, len(frame)))
    ).with_columns(leak_too=pl.col("score") - pl.col("leak")),
}


@pytest.mark.parametrize("what", LEAKS)
def test_a_leak_is_left_out(kit, run_small, wage, what):
    frame = LEAKS[what](wage)
    leaking = {name for name in frame.columns if name.startswith("leak")}
    result = run_small(frame, "score", edit=LINEAR)
    assert kit.step(result, "data")["status"] == "passed"
    assert all(f"`{name}`" in kit.step(result, "data")["summary"] for name in leaking)
    assert all(f"`{name}`" in result.document.verdict.summary for name in leaking)
    assert all(any(name in line for line in result.document.plan["review"]) for name in leaking)
    assert result.document.metrics["test"]["r2"] < 0.97
    schema = (result.folder / "model" / "schema.json").read_text()
    assert schema
    assert len(result.predict(frame.drop(leaking))) == len(frame)


def test_a_copy_of_the_classes(kit, run_small):
    frame = kit.classes().with_columns(leak=pl.col("y").replace({"yes": "approved", "no": "refused"}))
    result = run_small(frame, edit=LINEAR)
    assert "`leak`" in result.document.verdict.summary
    assert result.document.metrics["test"]["accuracy"] < 1


def test_a_role_keeps_it_and_the_gate_says_so(kit, wage, tmp_path):
    frame = LEAKS["a copy"](wage)
    result = api.run(frame, target="score", roles={"leak": "number"}, folder=tmp_path / "run", seeds=1)
    verdict = result.document.verdict
    assert (verdict.status, verdict.step, verdict.cause) == ("stopped", "data", "dataset")
    assert "`leak`" in verdict.summary
    assert verdict.next_action


def test_nothing_but_leaks(kit, wage, tmp_path):
    frame = LEAKS["a copy"](wage).select("leak", "score")
    with pytest.raises(BringupError, match="gives the target"):
        api.run(frame, target="score", folder=tmp_path / "run", seeds=1)
