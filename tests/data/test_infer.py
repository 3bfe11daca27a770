"""Types, roles and tasks from raw columns; and the typed columns that follow."""

import uuid
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from bringup.data.infer import infer_schema, infer_task
from bringup.data.open import open_table, sample
from bringup.data.typed import missing_tokens, typed, unreadable
from bringup.errors import BringupError

N = 200
RANDOM = np.random.default_rng(0)
MEASURES = RANDOM.normal(size=N).round(4)


def schema_of(columns, **options):
    table = open_table(columns)
    raw = sample(table, 10_000, seed=0)
    schema = infer_schema(raw, table, **options)
    return schema, raw, typed(raw, schema)


def texts(values):
    return [None if value is None else str(value) for value in values]


DAYS = [datetime(2020, 1, 1) + timedelta(days=7 * i, hours=i % 24) for i in range(N)]
ROLES = {
    "floats": (texts(MEASURES), "number", "float"),
    "whole numbers": (texts(RANDOM.integers(0, 90, N)), "number", "int"),
    "gaps": ([None if i % 7 == 0 else str(i % 40) for i in range(N)], "number", "int"),
    "gaps as pandas writes them": (["" if i % 7 == 0 else f"{i % 40}.0" for i in range(N)], "number", "int"),
    "unique unsorted whole numbers": (texts(RANDOM.permutation(10**6)[:N]), "number", "int"),
    "years": (texts(range(1900, 2100)), "number", "int"),
    "infinite": (["inf" if i == 3 else str(m) for i, m in enumerate(MEASURES)], "number", "float"),
    "exponents": ([f"{m:e}" for m in MEASURES], "number", "float"),
    "grouped": ([f"{1000 * (i + 1):,}" for i in RANDOM.integers(0, 900, N)], "number", "int"),
    "zip codes": ([f"{i:05d}" for i in RANDOM.integers(0, 99999, N)], "category", "string"),
    "truth": (["True", "false"] * (N // 2), "category", "bool"),
    "yes or no": (["yes", "no"] * (N // 2), "category", "string"),
    "kinds": ([f"k{i % 5}" for i in range(N)], "category", "string"),
    "numbers of children": (["3+" if i % 8 == 0 else str(i % 3) for i in range(N)], "category", "string"),
    "ticket codes": ([f"PC {i}" if i % 10 == 0 else str(1000 + i * 3) for i in range(N)], None, "string"),
    "a sentence": ([f"the item number {i} was {i % 9} times good" for i in range(N)], "text", "string"),
    "uuid": ([str(uuid.UUID(int=int(i))) for i in RANDOM.integers(0, 2**60, N)], "identifier", "string"),
    "every text different": ([f"tail{i * 7}" for i in range(N)], "identifier", "string"),
    "rows counted": (texts(range(1, N + 1)), "identifier", "int"),
    "rows shuffled": (texts(RANDOM.permutation(N)), "identifier", "int"),
    "customer_id": (texts(RANDOM.integers(0, 150, N)), "identifier", "int"),
    "PassengerId": (texts(RANDOM.permutation(10**6)[:N]), "identifier", "int"),
    "kind_id": (texts(RANDOM.integers(0, 4, N)), "number", "int"),
    "one value": (["x"] * N, "constant", "string"),
    "no value": ([None] * N, "constant", "string"),
    "only tokens": (["NA"] * N, "constant", "string"),
    "flag or nothing": ([None if i % 2 else "Y" for i in range(N)], "category", "string"),
    "list": ([[1, 2]] * N, "dropped", "string"),
    "day": ([d.date() for d in DAYS], "date", "date"),
    "typed truth": ([True, False] * (N // 2), "category", "bool"),
    "plus or minus": (["+", "-"] * (N // 2), "category", "string"),
}


@pytest.mark.parametrize("name", ROLES)
def test_roles(name):
    values, role, dtype = ROLES[name]
    schema, _, frame = schema_of({name: values, "other": MEASURES})
    column = schema[name]
    assert column.dtype == dtype
    assert role is None or column.role == role, column.reason
    assert column.reason
    assert frame.height == N


@pytest.mark.parametrize(
    "written",
    ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%m/%d/%y",
     "%d-%b-%Y", "%d %B %Y", "%b %d, %Y", "%Y%m%d", "%m/%d/%Y %H:%M", "%d/%m/%Y %I:%M %p", "%d.%m.%Y %H:%M:%S"],
)  # fmt: skip
def test_dates(written):
    schema, raw, frame = schema_of({"when": [day.strftime(written) for day in DAYS]})
    assert schema["when"].role == "date"
    assert frame["when"].dtype == pl.Datetime("us")
    assert frame["when"].dt.date().to_list() == [day.date() for day in DAYS]
    assert unreadable(raw, schema) == {}


def test_dates_that_could_be_either_say_so():
    schema, _, frame = schema_of({"when": [f"{1 + i % 12:02d}/{1 + i % 11:02d}/2020" for i in range(N)]})
    assert schema["when"].role == "date"
    assert "told apart" in schema["when"].reason
    assert frame["when"].null_count() == 0


def test_epochs_are_numbers():
    schema, _, _ = schema_of({"at": [str(1_600_000_000 + 977 * i) for i in RANDOM.permutation(N)]})
    assert schema["at"].role == "number"


def test_text_in_a_number_column_is_caught():
    values = texts(MEASURES)
    values[5], values[6], values[9], values[11] = "twelve", "?", "n/a", "12 kg"
    schema, raw, frame = schema_of({"x": values})
    assert schema["x"].role == "number"
    assert unreadable(raw, schema) == {"x": (2, ("twelve", "12 kg"))}
    assert missing_tokens(raw, schema) == {"x": {"?": 1, "n/a": 1}}
    assert frame["x"].null_count() == 4


def test_infinities_stay_and_nan_is_missing():
    schema, raw, frame = schema_of({"x": ["inf", "-inf", "NaN", *texts(MEASURES)]})
    assert frame["x"].is_infinite().sum() == 2
    assert frame["x"].null_count() == 1
    assert unreadable(raw, schema) == {}


def test_decimal_comma(tmp_path):
    (tmp_path / "t.csv").write_text("a;b;c\n" + "".join(f"{i},5;1.{100 + i};x\n" for i in range(50)))
    table = open_table(tmp_path / "t.csv")
    raw = sample(table, 100, seed=0)
    frame = typed(raw, infer_schema(raw, table))
    assert frame["a"].to_list() == [i + 0.5 for i in range(50)]
    assert frame["b"].to_list() == [1100 + i for i in range(50)]  # 1.100 is grouped


def test_blanks_around_texts_go():
    _, _, frame = schema_of({"x": [" a", "a ", "b"] * 20, "y": [" 1", "2 ", "3"] * 20})
    assert frame["x"].unique().sort().to_list() == ["a", "b"]
    assert frame["y"].dtype == pl.Int64


def test_lazy_and_eager_agree_and_keep_the_row_number():
    schema, raw, frame = schema_of({name: values for name, (values, _, _) in ROLES.items() if name != "list"})
    assert typed(raw.lazy(), schema).collect().equals(frame)
    assert frame.columns == [*(column.name for column in schema.columns), "__row__"]


def test_new_data_are_read_the_same_way():
    schema, _, _ = schema_of({"kind": ["1", "02", "3"] * 20, "n": texts(range(60)), "y": [0, 1] * 30}, target="y")
    new = pl.DataFrame({"n": [1.0, None], "kind": [1.0, 3.0], "extra": [0, 0]})
    frame = typed(new, schema)
    assert frame.schema == {"kind": pl.String, "n": pl.Int64}
    assert frame.rows() == [("1", 1), ("3", None)]
    with pytest.raises(BringupError, match="`kind`"):
        typed(new.drop("kind"), schema)


class TestOverrides:
    def test_roles_win(self):
        columns = {"zip": ROLES["zip codes"][0], "code": ROLES["whole numbers"][0], "m": texts(MEASURES)}
        schema, _, frame = schema_of(columns, roles={"zip": "number", "code": "category", "m": "dropped"})
        assert [column.role for column in schema.columns] == ["number", "category", "dropped"]
        assert frame.dtypes[:2] == [pl.Float64, pl.String]

    @pytest.mark.parametrize("options", [{"target": "incme"}, {"roles": {"incme": "number"}}])
    def test_wrong_name(self, options):
        with pytest.raises(BringupError, match="`income`"):
            schema_of({"income": [1], "age": [2]}, **options)

    def test_impossible_role(self):
        for name, role in (("kinds", "date"), ("list", "number")):
            with pytest.raises(BringupError):
                schema_of({name: ROLES[name][0]}, roles={name: role})
        with pytest.raises(BringupError, match="more than one"):
            schema_of({"a": [1], "b": [2]}, target="a", roles={"b": "target"})


@pytest.mark.parametrize(
    ("values", "task", "dtype"),
    [
        (["<=50K", ">50K"] * 50, "classification", "string"),
        (["0", "1"] * 50, "classification", "int"),
        ([0.0, 1.0, None, 1.0] * 25, "classification", "int"),
        (["True", "False"] * 50, "classification", "bool"),
        (texts(range(100)), "regression", "int"),
        (texts(i % 21 for i in range(1000)), "regression", "int"),
        (texts(i % 10 for i in range(1000)), "classification", "int"),
        (texts(MEASURES), "regression", "float"),
        (["none", "some"] * 50, "classification", "string"),
        ([date(2020, 1, 1 + i % 20) for i in range(100)], "regression", "date"),
    ],
)
def test_tasks(values, task, dtype):
    schema, _, frame = schema_of({"y": values, "x": list(range(len(values)))}, target="y")
    assert (schema["y"].role, schema["y"].dtype) == ("target", dtype)
    assert infer_task(frame, schema)[0] == task


def test_a_target_called_none_keeps_its_class():
    schema, _, frame = schema_of({"y": ["None", "mild", "?"] * 40}, target="y")
    assert frame["y"].null_count() == 40
    assert schema["y"].levels == 2


def test_no_target():
    schema, _, frame = schema_of({"x": texts(MEASURES)})
    assert infer_task(frame, schema)[0] == "clustering"


@pytest.mark.slow
def test_ten_thousand_columns():
    columns = {f"x{i}": ["1.5", "2", "?" if i % 10 == 0 else "3"] for i in range(10_000)}
    schema, raw, frame = schema_of(columns, target="x7")
    assert frame.shape == (3, 10_001)
    assert len(missing_tokens(raw, schema)) == 1_000
    assert unreadable(raw, schema) == {}
