"""Text tables: every dialect is found out, and nothing is lost without a word."""

import bz2
import gzip
import lzma
import zipfile

import polars as pl
import pytest

from bringup.data.open import open_table, sample
from bringup.data.sources import delimited
from bringup.errors import BringupError


def rows_of(table):
    return [tuple(row) for row in sample(table, 10**6, seed=0).select(table.columns).rows()]


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.fixture(params=["small", "large"])
def size(request, monkeypatch):
    """Small files are read by Python, large ones scanned by polars: both have to give the same."""
    if request.param == "large":
        monkeypatch.setattr(delimited, "SMALL_BYTES", 0)


@pytest.mark.usefixtures("size")
class TestDialect:
    @pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
    def test_separators(self, tmp_path, separator):
        text = "".join(separator.join(row) + "\n" for row in (("a", "b", "c"), ("1", "x", "2.5"), ("3", "y", "4.5")))
        table = open_table(write(tmp_path / "t.csv", text))
        assert table.columns == ("a", "b", "c")
        assert rows_of(table) == [("1", "x", "2.5"), ("3", "y", "4.5")]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
    def test_encodings(self, tmp_path, encoding):
        table = open_table(write(tmp_path / "t.csv", "näme,b\nMüller,1\nGrün,2\n".encode(encoding)))
        assert table.columns == ("näme", "b")
        assert rows_of(table) == [("Müller", "1"), ("Grün", "2")]

    def test_byte_that_latin_1_alone_has(self, tmp_path):
        table = open_table(write(tmp_path / "t.csv", b"a,b\nx\x81\xe4,1\n"))
        assert rows_of(table) == [("x\x81ä", "1")]

    def test_damaged_utf8_is_said(self, tmp_path):
        table = open_table(write(tmp_path / "t.csv", "a,b\näöüäöü,1\n".encode() + b"x\xff,2\n"))
        assert rows_of(table)[1] == ("x\ufffd", "2")
        assert any("UTF-8" in note for note in table.notes)

    def test_decimal_comma(self, tmp_path):
        table = open_table(write(tmp_path / "t.csv", "a;b\n1.234,5;2\n0,25;3\n"))
        assert table.decimal == ","
        assert table.columns == ("a", "b")

    def test_adult_layout(self, tmp_path):
        text = "|1x3 Cross validator\n25, Private, <=50K.\n38, ?, >50K.\n28, Local-gov, >50K.\n\n"
        table = open_table(write(tmp_path / "adult.test", text))
        assert table.columns == ("column_1", "column_2", "column_3")
        assert rows_of(table) == [("25", "Private", "<=50K."), ("38", "?", ">50K."), ("28", "Local-gov", ">50K.")]
        assert any("1x3" in note for note in table.notes)

    def test_names_given(self, tmp_path):
        path = write(tmp_path / "t.csv", "1,2\n3,4\n")
        assert open_table(path, names=["x", "y"]).columns == ("x", "y")
        with pytest.raises(BringupError, match="3 names"):
            open_table(path, names=["x", "y", "z"])

    def test_names_replace_a_header(self, tmp_path):
        table = open_table(write(tmp_path / "t.csv", "a,b\n1,2\n3,4\n"), names=["x", "y"])
        assert table.columns == ("x", "y")
        assert table.rows == 2

    def test_no_header_of_plain_numbers(self, tmp_path):
        assert open_table(write(tmp_path / "t.csv", "1,2,3\n4,5,6\n")).rows == 2
        assert open_table(write(tmp_path / "xor.csv", "0,1\n1,0\n")).rows == 2

    def test_header_of_years(self, tmp_path):
        assert open_table(write(tmp_path / "t.csv", "country,2019,2020\nA,5,7\nB,9,4\n")).columns == ("country", "2019", "2020")

    def test_pandas_index(self, tmp_path):
        assert open_table(write(tmp_path / "t.csv", ",a,b\n0,5,x\n1,6,y\n")).columns == ("column_1", "a", "b")

    def test_r_row_names(self, tmp_path):
        table = open_table(write(tmp_path / "t.csv", "a,b\nr1,5,7\nr2,6,8\n"))
        assert table.columns == ("column_1", "a", "b")
        assert rows_of(table) == [("r1", "5", "7"), ("r2", "6", "8")]

    def test_trailing_separator(self, tmp_path):
        for header in ("a,b,", "a,b"):
            table = open_table(write(tmp_path / "t.csv", f"{header}\n1,2,\n3,4,\n"))
            assert (table.columns, rows_of(table)) == (("a", "b"), [("1", "2"), ("3", "4")])

    def test_line_ends_blank_lines_comments(self, tmp_path):
        assert rows_of(open_table(write(tmp_path / "t.csv", "a,b\r\n1,2\r\n\r\n3,4\r\n"))) == [("1", "2"), ("3", "4")]
        assert rows_of(open_table(write(tmp_path / "t.csv", "a,b\r1,2\r3,4\r"))) == [("1", "2"), ("3", "4")]
        assert rows_of(open_table(write(tmp_path / "t.csv", "# from, a, lab\n# two\na,b\n1,2\n# x\n3,4\n"))) == [
            ("1", "2"),
            ("3", "4"),
        ]

    def test_quotes(self, tmp_path):
        text = 'a,b\n"x,1","say ""hi"""\n"two\nlines",y\n5" pipe,z\n6" pipe,w\n'
        rows = [("x,1", 'say "hi"'), ("two\nlines", "y"), ('5" pipe', "z"), ('6" pipe', "w")]
        assert rows_of(open_table(write(tmp_path / "t.csv", text))) == rows

    def test_duplicate_and_odd_names(self, tmp_path):
        table = open_table(write(tmp_path / "t.csv", "a,a, größe m,__row__\n1,2,3,4\n"))
        assert table.columns == ("a", "a_2", "größe m", "__row___1")
        assert len(table.notes) == 2

    def test_short_lines_are_counted(self, tmp_path):
        text = "a,b\n" + "1,2\n" * 30 + "7\n"
        table = open_table(write(tmp_path / "t.csv", text))
        assert rows_of(table)[-1] == ("7", None)
        assert any("line 32" in note for note in table.notes)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("a,b\n" + "1,2\n" * 30 + "7,8,9\n", "line 32"),
            ("a,b\n1,2\n3\n4\n5\n6,7\n8,9\n", "3 of 6 lines"),
            ('a,b\n1,2\n3,"x\n4,5\n', "line 3"),
            ('a,b\n1,2\n3,"x"y\n4,5\n', "line 3"),
            ("a,b\n1,2\n" + "3,4\n" * 40_000 + "5,\0\n", "NUL"),
            ("a,b\n", "no rows"),
            ("", "empty"),
            (" \n \n", "empty"),
            (bytes(range(256)) * 20, "binary"),
            (b"\x80\x04\x95\x10\x00\x00", "pickle"),
            (b"\x93NUMPY\x01\x00", "NumPy"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel"),
            ("<!DOCTYPE html><html>", "web page"),
            ("@RELATION iris\n@ATTRIBUTE a REAL\n", "ARFF"),
            (b"\x1f\x8b\x08\x00", "cut off"),
            (b"PAR1abc", "cut off"),
            (b"ARROW1\x00\x00abc", "damaged"),
            (b"SQLite format 3\x00abc", "damaged"),
            (b"PK\x03\x04abc", "zip"),
            (b"\x28\xb5\x2f\xfdabc", "damaged"),
        ],
    )
    def test_refused_in_one_sentence(self, tmp_path, content, said):
        with pytest.raises(BringupError) as raised:
            open_table(write(tmp_path / "t.csv", content))
        assert said in str(raised.value)
        assert "\n" not in str(raised.value)

    def test_ten_thousand_columns(self, tmp_path):
        text = ",".join(f"column number {i}" for i in range(10_000)) + "\n" + (",".join("1" * 10_000) + "\n") * 3
        table = open_table(write(tmp_path / "t.csv", text))
        assert (len(table.columns), table.rows) == (10_000, 3)
        assert sample(table, 2, seed=0).shape == (2, 10_001)


@pytest.mark.parametrize("name", ["t.csv.gz", "t.csv.bz2", "t.csv.xz", "t.csv.zip", "t.csv.zst"])
def test_compressed(tmp_path, name):
    content, path = b"a,b\n1,x\n2,y\n", tmp_path / name
    if name.endswith("zip"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("t.csv", content)
    elif name.endswith("zst"):
        pl.DataFrame({"a": ["1", "2"], "b": ["x", "y"]}).write_csv(path, compression="zstd", check_extension=False)
    else:
        packers = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
        path.write_bytes(packers[name.rsplit(".", 1)[1]](content))
    table = open_table(path)
    assert (table.name, rows_of(table)) == ("t", [("1", "x"), ("2", "y")])


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_compressed_and_cut_off(tmp_path, pack):
    with pytest.raises(BringupError, match="cut off"):
        open_table(write(tmp_path / "t.csv.gz", pack(b"a,b\n1,2\n" * 9999)[:-12]))


@pytest.mark.parametrize(("member", "said"), [("xl/workbook.xml", "Excel"), ("archive/data.pkl", "pickle")])
def test_archives_that_are_refused(tmp_path, member, said):
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.writestr(member, "x")
    with pytest.raises(BringupError, match=said):
        open_table(tmp_path / "t.zip")


def test_digest_follows_content(tmp_path):
    one = open_table(write(tmp_path / "a.csv", "a,b\n1,2\n")).digest
    same = open_table(write(tmp_path / "b.csv", "a,b\n1,2\n")).digest
    other = open_table(write(tmp_path / "c.csv", "a,b\n1,3\n")).digest
    assert one == same != other


def test_sample_is_random_repeatable_and_in_order(tmp_path):
    table = open_table(write(tmp_path / "t.csv", "a\n" + "".join(f"{i}\n" for i in range(5000))))
    chosen = sample(table, 100, seed=3)
    assert chosen.equals(sample(table, 100, seed=3))
    assert not chosen.equals(sample(table, 100, seed=4))
    assert chosen["__row__"].is_sorted()
    assert chosen["a"].cast(pl.Int64).to_list() == chosen["__row__"].to_list()
