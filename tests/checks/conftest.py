"""Turn example programs, and tables, into records."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import pytest

from bringup.capture.running import watch_source
from bringup.data.infer import infer_schema, infer_task
from bringup.data.open import open_table, sample
from bringup.data.profile.measure import measure
from bringup.data.typed import typed
from bringup.record import Record


def measured(table: pl.DataFrame | Mapping[str, Any], target: str) -> Record:
    """The record of raw data, as the pipeline makes it before any training."""
    opened = open_table(pl.DataFrame(table))
    raw = sample(opened, rows=100_000, seed=0)
    schema = infer_schema(raw, opened, target=target)
    frame = typed(raw, schema)
    task, _ = infer_task(frame, schema)
    return Record(**measure(raw, frame, opened, schema, task, seed=0))


def run(program: str) -> Record:
    """The record that an example program is about."""
    if "record = " not in program and "table = " not in program:
        return watch_source(program)
    names: dict[str, Any] = {}
    exec(program, names)
    return names["record"] if "record" in names else measured(names["table"], names["target"])


@pytest.fixture(scope="session")
def record_of() -> Callable[..., Record]:
    """`record_of(table, target)`."""
    return measured


@pytest.fixture(scope="session")
def record_of_program() -> Callable[[str], Record]:
    """`record_of_program(check.bad)`."""
    return run
