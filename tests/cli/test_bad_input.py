"""Bad input, as it comes in life: one clear sentence and exit code 2, or a run that copes; never a traceback."""

import pickle
import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

random.seed(0)
GOOD = [f"{row},{random.gauss(0, 1):.3f},{random.choice('abc')},{'yes' if row % 3 else 'no'}" for row in range(200)]
HEADER = "row,x,kind,y"


def lines(*rows: str, header: str = HEADER) -> Callable[[Path], object]:
    return lambda path: path.write_text("\n".join([header, *rows, ""]))


def content(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def half_a_parquet(path: Path) -> None:
    pl.DataFrame({"x": range(1000), "y": ["a", "b"] * 500}).write_parquet(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


REFUSED: dict[str, tuple[str, Callable[[Path], object]]] = {
    "missing file": ("missing.csv", lambda path: None),
    "directory without data": ("folder", lambda path: (path.mkdir(), (path / "notes.md").write_text("nothing"))),
    "empty directory": ("folder", lambda path: path.mkdir()),
    "empty file": ("data.csv", content(b"")),
    "blank file": ("data.csv", content(b"\n\n   \n")),
    "header only": ("data.csv", lines()),
    "binary junk": ("data.csv", content(random.randbytes(4096))),
    "junk named parquet": ("data.parquet", content(random.randbytes(4096))),
    "truncated parquet": ("data.parquet", half_a_parquet),
    "pickle": ("data.pkl", content(pickle.dumps({"y": [1, 2]}))),
    "pickle by another name": ("data.csv", content(pickle.dumps({"y": list(range(1000))}))),
    "target all missing": ("data.csv", lines(*(row.rsplit(",", 1)[0] + "," for row in GOOD))),
    "target constant": ("data.csv", lines(*(row.rsplit(",", 1)[0] + ",yes" for row in GOOD))),
    "one row": ("data.csv", lines(GOOD[0])),
    "all rows the same": ("data.csv", lines(*GOOD[:1] * 100)),
}
COPED: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a class with one example": ("data.csv", lines(*GOOD, "900,0.1,a,maybe")),
    "infinite values": ("data.csv", lines(*GOOD, "901,inf,a,yes", "902,-Infinity,b,no")),
    "mixed types in a column": ("data.csv", lines(*GOOD, *(f"{n},{n if n % 2 else 'much'},a,yes" for n in range(90)))),
    "duplicate column names": ("data.csv", lines(*GOOD, header="x,x,kind,y")),
    "broken quoting": ("data.csv", lines(*GOOD, '903,"0.1,a,yes', *GOOD)),
    "ragged lines": ("data.csv", lines(*GOOD, "904,1", "905,1,a,yes,more,and,more")),
    "text in a number column": ("data.csv", lines(*GOOD, "906,twelve,a,yes")),
    "target partly missing": ("data.csv", lines(*GOOD, "907,0.1,a,", "908,0.2,b,?")),
    "null bytes": ("data.csv", lines(*GOOD, "909,0.\x001,a,yes")),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_in_one_sentence(bringup, tmp_path, what):
    name, make = REFUSED[what]
    make(tmp_path / name)
    called = bringup("run", tmp_path / name, "--target", "y", "--until", "data", "--quiet", "--folder", tmp_path / "run")
    assert (called.code, called.out) == (2, ""), called
    assert called.sentence


@pytest.mark.parametrize("what", COPED)
def test_coped_with_or_refused(bringup, tmp_path, what):
    name, make = COPED[what]
    make(tmp_path / name)
    called = bringup("run", tmp_path / name, "--target", "y", "--until", "data", "--quiet", "--folder", tmp_path / "run")
    assert called.code in (0, 1, 2), called
    assert called.sentence if called.code == 2 else not called.err, called


def test_a_wrong_target_gets_the_nearest_names(bringup, tmp_path):
    lines(*GOOD, header="row,x,kind,income")(tmp_path / "data.csv")
    called = bringup("run", tmp_path / "data.csv", "--target", "incme", "--quiet", "--folder", tmp_path / "run")
    assert (called.code, called.out) == (2, "")
    assert "income" in called.sentence


def test_no_target(bringup, tmp_path):
    lines(*GOOD)(tmp_path / "data.csv")
    called = bringup("run", tmp_path / "data.csv", "--quiet", "--folder", tmp_path / "run")
    assert (called.code, called.out) == (2, "")
    assert "--target" in called.sentence


def test_a_folder_that_cannot_be_written(bringup, tmp_path):
    lines(*GOOD)(tmp_path / "data.csv")
    (tmp_path / "file").write_text("in the way")
    called = bringup(
        "run", tmp_path / "data.csv", "--target", "y", "--until", "data", "--quiet", "--folder", tmp_path / "file" / "run"
    )
    assert (called.code, called.out) == (2, "")
    assert called.sentence


def test_nothing_to_resume(bringup, tmp_path):
    called = bringup("run", "--resume", tmp_path, "--quiet")
    assert (called.code, called.out) == (2, "")
    assert called.sentence


@pytest.mark.slow
def test_ten_thousand_columns(bringup, tmp_path):
    header = ",".join([f"x{n}" for n in range(10_000)] + ["y"])
    rows = [",".join([str((row * n) % 7) for n in range(10_000)] + ["yes" if row % 3 else "no"]) for row in range(100)]
    lines(*rows, header=header)(tmp_path / "data.csv")
    called = bringup("run", tmp_path / "data.csv", "--target", "y", "--until", "data", "--quiet", "--folder", tmp_path / "run")
    assert called.code in (0, 1, 2), called
    assert "Traceback" not in called.err
