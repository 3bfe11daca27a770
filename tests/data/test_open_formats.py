"""Typed formats, folders, databases and frames."""

import json
import sqlite3
from contextlib import closing

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from bringup.data.open import open_table, sample
from bringup.errors import BringupError

FRAME = pl.DataFrame({"a": [1, 2, None], "b": [0.5, 1.5, 2.5], "c": ["x", "y", None]})


def rows_of(table):
    return sample(table, 10**6, seed=0).select(table.columns).rows()


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "stream", "jsonl", "json"])
def test_types_are_kept(tmp_path, suffix):
    path = tmp_path / f"t.{suffix}"
    writers = {
        "parquet": FRAME.write_parquet, "arrow": FRAME.write_ipc, "stream": FRAME.write_ipc_stream, "jsonl": FRAME.write_ndjson,
        "json": FRAME.write_json,
    }  # fmt: skip
    writers[suffix](path)
    table = open_table(path)
    assert table.typed
    assert rows_of(table) == FRAME.rows()


@pytest.mark.parametrize("frame", [FRAME, FRAME.lazy(), FRAME.to_pandas(), FRAME.to_arrow(), FRAME.to_dict(as_series=False)])
def test_frames(frame):
    table = open_table(frame)
    assert (table.format, table.rows, table.columns) == ("frame", 3, ("a", "b", "c"))
    assert [row[1:] for row in rows_of(table)] == [row[1:] for row in FRAME.rows()]
    assert len(table.digest) == 16


def test_frame_digest_follows_content():
    assert open_table(FRAME).digest == open_table(FRAME.lazy()).digest != open_table(FRAME.reverse()).digest


def test_pandas_with_odd_names_and_mixed_objects():
    frame = pd.DataFrame([[1, "x", {}], [2, 3, []]], columns=["a", "a", 7])
    table = open_table(frame)
    assert table.columns == ("a", "a_2", "7")
    assert rows_of(table)[1][:2] == (2, "3")
    assert any("differ in type" in note for note in table.notes)


@pytest.mark.parametrize("data", [5, None, [1, 2], {"a": 5}, {"a": [1], "b": [1, 2]}, {}, {"a": []}, b"x", object()])
def test_what_is_no_table(data):
    with pytest.raises(BringupError):
        open_table(data)


def test_mixed_types_in_json_lines_become_text(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1, "b": {"c": 2}}\n{"a": "x"}\n\n{"d": true}\n')
    table = open_table(path)
    assert table.columns == ("a", "b.c", "d")
    assert rows_of(table) == [("1", 2, None), ("x", None, None), (None, None, True)]


def test_late_fields_of_json_lines_are_not_lost(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1}\n' * 3000 + '{"a": 2, "late": 5}\n')
    assert open_table(path).columns == ("a", "late")


def test_broken_json_lines_name_the_line(tmp_path):
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1}\n{"a": \n')
    with pytest.raises(BringupError, match="line 2"):
        open_table(path)


@pytest.mark.parametrize("content", [{"a": {"0": 1, "1": 2}}, {"a": [1, 2]}, [{"a": 1}, {"a": 2}]])
def test_json_layouts(tmp_path, content):
    path = tmp_path / "t.json"
    path.write_text(json.dumps(content))
    assert rows_of(open_table(path)) == [(1,), (2,)]


@pytest.mark.parametrize("content", ["[1, 2]", "[]", "{", '{"a": {"b": 1}, "c": 2}', "[{}]"])
def test_json_that_is_no_table(tmp_path, content):
    path = tmp_path / "t.json"
    path.write_text(content)
    with pytest.raises(BringupError):
        open_table(path)


def test_nested_columns(tmp_path):
    path = tmp_path / "t.parquet"
    pl.DataFrame({"s": [{"x": 1, "y": {"z": "q"}}], "l": [[1, 2]]}).write_parquet(path)
    assert open_table(path).columns == ("s.x", "s.y.z", "l")


@pytest.mark.parametrize("write", ["write_parquet", "write_ipc"])
def test_cut_off(tmp_path, write):
    path = tmp_path / "t.bin"
    getattr(FRAME, write)(path)
    for keep in (8, 40, path.stat().st_size // 2, path.stat().st_size - 1):
        cut = tmp_path / "cut"
        cut.write_bytes(path.read_bytes()[:keep])
        with pytest.raises(BringupError):
            open_table(cut)


def test_sqlite(tmp_path):
    path = tmp_path / "t.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE one (a INTEGER, b TEXT)")
        connection.executemany("INSERT INTO one VALUES (?, ?)", [(1, "x"), (2, None), (0.1, "")])
        connection.commit()
        assert rows_of(open_table(path)) == [("1", "x"), ("2", None), ("0.1", None)]
        connection.execute("CREATE TABLE two (c)")
        connection.commit()
    with pytest.raises(BringupError, match=r"`one`, `two`"):
        open_table(path)
    assert rows_of(open_table(path, query="SELECT a, a FROM one LIMIT 1")) == [("1", "1")]
    for query, said in (
        ("SELECT * FROM tow", "`two`"),
        ("SELEC", "syntax"),
        ("DROP TABLE one", "readonly"),
        ("SELECT * FROM two", "no rows"),
    ):
        with pytest.raises(BringupError, match=said):
            open_table(path, query=query)


def test_a_query_needs_sqlite(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    with pytest.raises(BringupError, match="query"):
        open_table(tmp_path / "t.csv", query="SELECT 1")


class TestParts:
    def test_folder_and_pattern(self, tmp_path):
        (tmp_path / "p1.csv").write_text("a,b\n1,x\n")
        (tmp_path / "p2.csv").write_text("b,a\ny,2\n")
        (tmp_path / "README.txt").write_text("hello")
        for path in (tmp_path, tmp_path / "*.csv"):
            table = open_table(path)
            assert rows_of(table) == [("1", "x"), ("2", "y")]
            assert [facts.name for facts in table.files] == ["p1.csv", "p2.csv"]

    def test_parts_that_differ(self, tmp_path):
        (tmp_path / "p1.csv").write_text("a,b\n1,x\n")
        (tmp_path / "p2.csv").write_text("a,c\n1,x\n")
        with pytest.raises(BringupError, match=r"`b`, `c`"):
            open_table(tmp_path)
        FRAME.write_parquet(tmp_path / "p2.parquet")
        (tmp_path / "p2.csv").unlink()
        with pytest.raises(BringupError, match="differ in format"):
            open_table(tmp_path)

    def test_none(self, tmp_path):
        with pytest.raises(BringupError, match="empty"):
            open_table(tmp_path)
        (tmp_path / "a.png").write_bytes(b"x")
        with pytest.raises(BringupError, match="no data"):
            open_table(tmp_path)
        with pytest.raises(BringupError, match="matches"):
            open_table(tmp_path / "*.csv")

    def test_missing_file_names_the_nearest(self, tmp_path):
        (tmp_path / "adult.csv").write_text("a,b\n1,x\n")
        with pytest.raises(BringupError, match=r"`adult\.csv`"):
            open_table(tmp_path / "adlut.csv")
        for path in ("", "x" * 5000, "a\0b"):
            with pytest.raises(BringupError):
                open_table(tmp_path / path / "nothing.csv")


def test_arrow_dictionary_column():
    table = open_table(pa.table({"a": pa.array(["x", "y", "x"]).dictionary_encode()}))
    assert rows_of(table) == [("x",), ("y",), ("x",)]
