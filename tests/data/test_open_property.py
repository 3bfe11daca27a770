"""Random tables in random dialects are read back as they were; random bytes never give a traceback."""

import csv
import io
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bringup.data.infer import infer_schema, infer_task
from bringup.data.open import open_table, sample
from bringup.data.sources import delimited
from bringup.data.typed import missing_tokens, typed, unreadable
from bringup.errors import BringupError

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXT = st.text(alphabet=st.sampled_from("abcxyz ,;|\t\"'\näß€0123.-"), min_size=1, max_size=8).map(str.strip)
CELL = st.one_of(TEXT, st.integers(-(10**6), 10**6).map(str), st.floats(-1e6, 1e6).map(repr), st.just("?"), st.just(""))


@st.composite
def tables(draw):
    width = draw(st.integers(2, 5))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=8, max_size=20))
    # the last column tells the header from the rows, and keeps no row blank
    return [[f"name{i}" for i in range(width)] + ["amount"], *([*row, str(i + 1)] for i, row in enumerate(rows))]


def written(rows, separator, line_end, encoding):
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(rows)
    return file.getvalue().encode(encoding)


def exercise(content, **options):
    """Open, sample, infer and type; return the table and its raw rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(content)
        table = open_table(path, **options)
        raw = sample(table, 1000, seed=0)
        schema = infer_schema(raw, table)
        frame = typed(raw, schema)
        infer_task(frame, schema.with_roles({table.columns[0]: "target"}, reason="given"))
        unreadable(raw, schema)
        missing_tokens(raw, schema)
        assert frame.height == raw.height == min(table.rows, 1000)
        return table, raw.select(table.columns).rows()


@SLOW
@given(
    rows=tables(),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    small=st.sampled_from([0, 1 << 24]),
)
def test_random_tables_are_read_back(rows, separator, line_end, encoding, small):
    before, delimited.SMALL_BYTES = delimited.SMALL_BYTES, small
    try:
        table, read = exercise(written(rows, separator, line_end, encoding))
    finally:
        delimited.SMALL_BYTES = before
    assert table.columns == tuple(rows[0])
    assert [[cell or "" for cell in row] for row in read] == rows[1:]


@SLOW
@given(content=st.binary(max_size=300))
def test_random_bytes(content):
    with suppress(BringupError):
        exercise(content)


@SLOW
@given(content=st.text(alphabet=st.sampled_from("ab1.,;|\t\"'\n\r #-{}[]:é"), max_size=80))
def test_random_text(content):
    with suppress(BringupError):
        exercise(content.encode())


@SLOW
@given(
    start=st.sampled_from(
        [b"PAR1", b"ARROW1\0\0", b"\x1f\x8b\x08", b"SQLite format 3\0", b"PK\3\4", b'{"a": ', b"[{", b"BZh9"]
    ),
    rest=st.binary(max_size=200),
)
def test_random_bytes_behind_a_known_start(start, rest):
    with suppress(BringupError):
        exercise(start + rest)
