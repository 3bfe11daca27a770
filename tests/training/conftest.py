"""Small prepared data sets with numbers and a category."""

from typing import NamedTuple

import numpy as np
import polars as pl
import pytest

from bringup.data.prepare import Inputs, Preparer, fit_preparer
from bringup.data.schema import Column, Schema


class Prepared(NamedTuple):
    frame: pl.DataFrame
    schema: Schema
    preparer: Preparer
    inputs: Inputs
    y: np.ndarray
    classes: tuple[str, ...]


@pytest.fixture(params=["classification", "regression"])
def prepared(request) -> Prepared:
    random = np.random.default_rng(0)
    a, town = random.normal(size=200), random.choice(["x", "y", "z"], 200)
    frame = pl.DataFrame({"a": a, "b": random.normal(size=200), "town": town})
    schema = Schema(
        columns=(
            Column(name="a", role="number", dtype="float"),
            Column(name="b", role="number", dtype="float"),
            Column(name="town", role="category", dtype="string"),
        )
    )
    score = a + (town == "x")
    classes = ("lo", "mid", "hi") if request.param == "classification" else ()
    y = np.digitize(score, [-0.3, 0.9]) if classes else 100 + 20 * score
    preparer = fit_preparer(frame, schema)
    return Prepared(frame, schema, preparer, preparer(frame), y, classes)
