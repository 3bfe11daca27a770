"""The part that a column plays, judged from its name and its values."""

import re
from dataclasses import dataclass

import polars as pl

from bringup.data.texts import Reading
from bringup.record import Role

ID_NAME = re.compile(
    r"(^|[\s_\-.])(id|ids|uuid|guid|rownames?|row_names?|rowid|row_?number|index|unnamed: ?\d+)$", re.IGNORECASE
)
CAMEL_ID = re.compile(r"[a-z](Id|ID|Key|UUID)$")
HASH = r"^([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$"
FEW = 10  # rows below which nothing is said about uniqueness
MANY_IDS = 50  # distinct values from which a column called "…_id" is not a list of kinds
NEARLY_ALL = 0.95  # share of distinct texts from which a column names its rows
WORDS = 3.0  # mean words of a text


@dataclass(frozen=True)
class Judged:
    """A role and why."""

    role: Role
    reason: str


def is_id_name(name: str) -> bool:
    """True for names such as `id`, `customer_id`, `PassengerId`, `rownames`, `Unnamed: 0`."""
    return bool(ID_NAME.search(name) or CAMEL_ID.search(name))


def judge(name: str, values: pl.Series, rows_at: pl.Series | None, table_rows: int, reading: Reading) -> Judged:
    """Return the role of a column.

    Args:
        values: The typed values of the sample, null where missing.
        rows_at: The row number of each in the file.
        table_rows: Rows of the whole table.
    """
    missing = values.null_count()
    if reading.levels == 0:
        return Judged("constant", "it has no values" if not reading.values else "no value can be read")
    if reading.levels == 1 and missing == 0:
        return Judged("constant", f"every value is `{str(values.drop_nulls()[0])[:30]}`")
    if reading.dtype == "date":
        return Judged("date", _readable(reading, f"dates written {reading.date_format}" if reading.date_format else "dates"))
    if reading.dtype == "bool":
        return Judged("category", "true or false")
    if reading.dtype == "string":
        return _judge_text(name, values, reading)
    if reading.dtype == "int" and (found := _whole_identifier(name, values, rows_at, table_rows, reading.levels)):
        return found
    return Judged("number", _readable(reading, "whole numbers" if reading.dtype == "int" else "numbers"))


def _readable(reading: Reading, what: str) -> str:
    extra = f"; {reading.note}" if reading.note else ""
    if reading.readable < 1.0:
        return f"{what}; {100 * (1 - reading.readable):.2g} % of the texts cannot be read as such{extra}"
    return what + extra


def _judge_text(name: str, values: pl.Series, reading: Reading) -> Judged:
    present = values.drop_nulls()
    rows, levels = len(present), reading.levels
    share = levels / rows
    if rows >= FEW and present.head(200).str.contains(HASH).all() and share > 0.5:
        return Judged("identifier", "the values are hashes or UUIDs")
    words = float(present.head(2000).str.count_matches(r"\S+").mean() or 0.0)  # type: ignore[arg-type]
    if words >= WORDS and share > 0.5 and rows >= FEW:
        return Judged("text", f"{words:.0f} words on average, {100 * share:.0f} % distinct")
    if present.head(200).str.contains(r"^[\d\s.-]+$").all() and not is_id_name(name):
        return Judged("category", f"codes of digits with {levels:,} distinct value{'s' * (levels > 1)}")
    if rows >= FEW and share == 1.0 and words < WORDS:
        return Judged("identifier", "every value is different text")
    if rows >= MANY_IDS and share >= NEARLY_ALL:
        return Judged("identifier", f"{100 * share:.1f} % of the values are distinct text")
    if is_id_name(name) and rows >= FEW and (share >= 0.9 or levels > MANY_IDS):
        return Judged("identifier", f"called `{name}`, with {levels:,} distinct values")
    return Judged("category", f"text with {levels:,} distinct value{'s' * (levels > 1)}")


def _whole_identifier(name: str, values: pl.Series, rows_at: pl.Series | None, table_rows: int, levels: int) -> Judged | None:
    """Row numbers, dense keys, and whole numbers that are called an identifier. A unique measure is none of these."""
    present = values.drop_nulls()
    if len(present) < FEW:
        return None
    unique = levels == len(present)
    if unique and len(present) == len(values):
        low, high = int(present.min()), int(present.max())  # type: ignore[arg-type]
        years = low >= 1500 and high <= 2200 and not is_id_name(name)
        if rows_at is not None and not years and (values - rows_at.cast(pl.Int64)).n_unique() == 1:
            return Judged("identifier", "it counts the rows")
        if (
            not years
            and low in (0, 1)
            and high - low < 1.2 * table_rows
            and levels > 2 * FEW
            and _dense(high - low, table_rows)
        ):
            return Judged("identifier", "every value is different, and together they count up to the number of rows")
        steps = present.diff().drop_nulls()
        monotone = bool((steps > 0).all()) or bool((steps < 0).all())
        if monotone and levels > 2 * FEW and not years and high - low <= 1.5 * table_rows:
            return Judged("identifier", "every value is different, and they go up row by row")
    if is_id_name(name) and (levels >= 0.9 * len(present) or levels > MANY_IDS):
        return Judged("identifier", f"called `{name}`, with {levels:,} distinct values")
    return None


def _dense(span: int, rows: int) -> bool:
    return span + 1 >= rows
