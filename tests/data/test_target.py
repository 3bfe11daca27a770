"""Targets: columns, and comparisons with columns."""

from datetime import datetime

import polars as pl
import pytest

from bringup.data.schema import Column, Schema
from bringup.data.target import class_order, derive, encode, labels, parse_target, with_target
from bringup.errors import BringupError

FRAME = pl.DataFrame(
    {
        "arr_delay": [3.0, None, 15.0, 20.0],
        "price": [10, 1000, 2000, None],
        "name": ["x", "y", None, "x y"],
        "late": [True, False, None, True],
        "day": [datetime(2020, 1, 1), datetime(2021, 1, 1), None, datetime(2022, 5, 5)],
        "a>b": [1.0, 2.0, 3.0, 4.0],
    }
)
DTYPES = {"arr_delay": "float", "price": "int", "name": "string", "late": "bool", "day": "date", "a>b": "float"}
SCHEMA = Schema(columns=tuple(Column(name=name, role="number", dtype=dtype) for name, dtype in DTYPES.items()))


def made(text: str) -> list[bool | None]:
    rule = parse_target(text, tuple(DTYPES))
    assert rule.derived
    schema = derive(SCHEMA, rule)
    assert schema[rule.column].role == "dropped"
    assert schema.target is not None
    assert schema.target.name == text
    return with_target(FRAME, schema, rule)[text].to_list()


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("arr_delay > 15", [False, None, False, True]),
        ("arr_delay>=15", [False, None, True, True]),
        ("  arr_delay   <   15.5 ", [True, None, True, False]),
        ("price >= 1e3", [False, True, True, None]),
        ("price != 10", [False, True, True, None]),
        ("price <= 999.5", [True, False, False, None]),
        ("name == 'x'", [True, False, None, False]),
        ('name != "x y"', [True, True, None, False]),
        ("name == x", [True, False, None, False]),
        ("late == True", [True, False, None, True]),
        ("late == no", [False, True, None, False]),
        ("day >= 2021-01-01", [False, True, None, True]),
        ("a>b > 2", [False, False, True, True]),
        ("`a>b` <= 1", [True, False, False, False]),
    ],
)
def test_comparisons(text, answers):
    assert made(text) == answers


@pytest.mark.parametrize("text", ["a>b", "price", "no such > 3", "nothing", "price >", "> 3"])
def test_plain_columns(text):
    rule = parse_target(text, tuple(DTYPES))
    assert not rule.derived
    assert rule.column == text
    assert derive(SCHEMA, rule) is SCHEMA
    assert with_target(FRAME, SCHEMA, rule) is FRAME


@pytest.mark.parametrize(
    "text", ["arr_delay > late", "price == 'x'", "price > nan", "late == maybe", "day > soon", "price > 1,000"]
)
def test_what_cannot_be_compared_is_said(text):
    with pytest.raises(BringupError) as error:
        made(text)
    assert text in error.value.what


def test_labels():
    assert labels(pl.Series([1.0, 0.0, None])).to_list() == ["1", "0", None]
    assert labels(pl.Series([1.5, 0.0])).to_list() == ["1.5", "0.0"]
    assert labels(pl.Series([True, False, None])).to_list() == ["yes", "no", None]
    assert labels(pl.Series([3, 4])).to_list() == ["3", "4"]


def test_class_order_is_fixed():
    assert class_order(pl.Series(["10", "9", "1", None, "9"])) == ("1", "9", "10")
    assert class_order(pl.Series(["b", "a", "10"])) == ("10", "a", "b")
    assert class_order(pl.Series(["1.0", "1", "nan", "0"])) == ("0", "1", "1.0", "nan")
    assert all(class_order(pl.Series(["1.0", "1", "01"])) == ("01", "1", "1.0") for _ in range(20))


def test_encode():
    assert encode(pl.Series(["b", "a", None, "c"]), ("a", "b")).tolist() == [1, 0, -1, -1]
