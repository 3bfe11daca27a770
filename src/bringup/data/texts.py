"""What texts can be read as: expressions that turn them into numbers, dates and truth values, and which fits a column."""

from dataclasses import dataclass

import polars as pl

from bringup.data.schema import Column, DType

# Texts that stand for "no value". A number or a date has no other use for them; among categories only the first group is sure.
SURE_TOKENS = ("?", "na", "n/a", "#n/a", "nan", "null", "nat", "<na>", "#null!", "#div/0!", "#value!")
LIKELY_TOKENS = ("none", "-", "--", ".", "(null)", "nil")
TOKENS = (*SURE_TOKENS, *LIKELY_TOKENS)

ISO_FORMATS = (
    "%Y-%m-%d", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m",
)  # fmt: skip
_DAYS = ("%m{0}%d{0}%Y", "%d{0}%m{0}%Y", "%m{0}%d{0}%y", "%d{0}%m{0}%y", "%Y{0}%m{0}%d")
_TIMES = ("", " %H:%M", " %H:%M:%S%.f", " %I:%M %p", " %I:%M:%S %p")
FORMATS = (
    *ISO_FORMATS,
    *(
        day.format(mark) + time
        for mark in ("/", "-", ".")
        for time in _TIMES
        for day in _DAYS
        if (mark, day[:2]) != ("-", "%Y")
    ),
    *(
        day + time
        for time in _TIMES
        for day in ("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%d%b%Y")
    ),
)
GROUPED = {".": r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$", ",": r"^[+-]?\d{1,3}(\.\d{3})+(,\d*)?$"}
EXACT = 2.0**53  # whole numbers beyond this are not told apart as floats
FEW_DAYS = 5
CODES = 20  # distinct numbers up to which a column may be a list of codes


def number(text: pl.Expr, decimal: str, *, grouped: bool = True) -> pl.Expr:
    """Read stripped text as a float; null where it is none."""
    if decimal == "." and not grouped:
        return text.cast(pl.Float64, strict=False).fill_nan(None)
    mark, other = (".", ",") if decimal == "." else (",", ".")
    plain = (
        text
        if not grouped
        else (pl.when(text.str.contains(GROUPED[mark])).then(text.str.replace_all(other, "", literal=True)).otherwise(text))
    )
    return (plain.str.replace(",", ".", literal=True) if mark == "," else plain).cast(pl.Float64, strict=False).fill_nan(None)


def whole(text: pl.Expr, decimal: str, *, grouped: bool = True) -> pl.Expr:
    """Read stripped text as a whole number; "3.0" is one, "3.5" is not."""
    exact = text.cast(pl.Int64, strict=False)  # `coalesce` would take many columns for one
    return pl.when(exact.is_not_null()).then(exact).otherwise(whole_part(number(text, decimal, grouped=grouped)))


def whole_part(value: pl.Expr) -> pl.Expr:
    """Turn floats that are whole numbers into integers, the others into null."""
    return pl.when((value == value.round(0)) & (value.abs() <= EXACT)).then(value).cast(pl.Int64, strict=False)


def truth(text: pl.Expr) -> pl.Expr:
    """Read stripped text as true or false."""
    lower = text.str.to_lowercase()
    return (
        pl.when(lower.is_in(["true", "t", "1", "yes", "y"]))
        .then(True)
        .when(lower.is_in(["false", "f", "0", "no", "n"]))
        .then(False)
    )


def date(text: pl.Expr, date_format: str | None) -> pl.Expr:
    """Read stripped text as a point in time (UTC where a zone is given); without a format, any ISO one."""
    if date_format is None:
        return pl.coalesce([date(text, known) for known in ISO_FORMATS])
    read = text.str.to_datetime(date_format, strict=False, time_unit="us")
    return read.dt.replace_time_zone(None) if "%#z" in date_format else read


def without_tokens(text: pl.Expr, column: Column) -> pl.Expr:
    """Null for the empty text and for this column's texts that mean "no value"."""
    a_value = (text != "") & ~text.is_in([*column.missing]) if column.missing else text != ""
    return pl.when(a_value).then(text)


@dataclass(frozen=True)
class Reading:
    """How a column of texts is best read.

    Attributes:
        values: Texts that stand for a value.
        readable: The share of them that can be read as `dtype`.
        levels: Distinct values.
    """

    dtype: DType
    values: int
    levels: int
    readable: float = 1.0
    missing: tuple[str, ...] = ()
    decimal: str = "."
    grouped: bool = False
    date_format: str | None = None
    note: str = ""


def read_texts(column: pl.Series, *, decimal: str, label: bool = False) -> Reading:
    """Return how a column of texts is best read; `label` for the target, whose "none" may be a class."""
    counts = column.rename("v").str.strip_chars().drop_nulls().value_counts(name="n").filter(pl.col("v") != "")
    lower = pl.col("v").str.to_lowercase()
    tokens = counts.filter(lower.is_in(TOKENS))["v"].sort().to_list()
    values = counts.filter(~lower.is_in(TOKENS))
    for attempt in (_as_truth, _as_day, _as_number, _as_date):
        if values.height and (reading := attempt(values, tuple(tokens), decimal)):
            return reading
    sure = set(SURE_TOKENS) if label or "+" in values["v"] else set(TOKENS)
    missing = tuple(token for token in tokens if token.lower() in sure)
    kept = counts.filter(~pl.col("v").is_in(missing)) if tokens else values
    return Reading("string", int(kept["n"].sum()), kept.height, missing=missing)


def _as_truth(values: pl.DataFrame, missing: tuple[str, ...], decimal: str) -> Reading | None:
    found = {text.lower() for text in values["v"].head(20)}
    if values.height > 20 or not found <= {"true", "false"}:
        return None
    return Reading("bool", int(values["n"].sum()), len(found), missing=missing, decimal=decimal)


def _as_number(values: pl.DataFrame, missing: tuple[str, ...], decimal: str) -> Reading | None:
    rows = int(values["n"].sum())
    read = {mark: values.select(number(pl.col("v"), mark))["v"] for mark in (".", ",")}
    other = "," if decimal == "." else "."
    share = {mark: int(values["n"].filter(read[mark].is_not_null()).sum()) / rows for mark in read}
    best = other if share[other] > share[decimal] else decimal
    numbers = read[best].drop_nulls()
    if share[best] < (0.95 if numbers.n_unique() <= CODES else 0.8) or _are_codes(values, read[best]):
        return None
    if share[best] < 1.0 and rows < 5:
        return None
    finite = numbers.filter(numbers.is_finite())
    whole_numbers = (
        len(finite) == len(numbers) and bool((finite == finite.round(0)).all()) and bool((finite.abs() <= EXACT).all())
    )
    dtype: DType = "int" if whole_numbers and len(numbers) else "float"
    mark = "," if best == "." else "."
    grouped = best == "," or bool(values["v"].filter(read[best].is_not_null()).str.contains(mark, literal=True).any())
    return Reading(dtype, rows, numbers.n_unique(), share[best], missing, best, grouped)


def _are_codes(values: pl.DataFrame, numbers: pl.Series) -> bool:
    """Codes that look like numbers: leading zeros, a letter before the digits, or too many digits for a number."""
    total = int(values["n"].sum())
    digits = values["v"].str.contains(r"^\d+$")
    zeros = values["v"].str.contains(r"^0\d+$")
    if zeros.any() and (int(values["n"].filter(zeros).sum()) >= 0.01 * total):
        return True
    if digits.all() and values.filter(pl.col("v").str.len_bytes() > 18).height > 0.5 * values.height:
        return True
    rest = values.filter(numbers.is_null())
    if not rest.height:
        return False
    mixed = rest["v"].str.contains(r"^[A-Za-z]{1,4}[-_/ ]?\d+[A-Za-z]?$|^\d+[-_/ ]?[A-Za-z]{1,4}$|^\d+\+$")
    often = int(rest["n"].sum()) > rest.height and numbers.n_unique() <= CODES  # the same few texts among a few numbers
    return bool(mixed.sum() > 0.5 * rest.height) or (bool(often) and int(rest["n"].sum()) >= 0.01 * total)


def _as_day(values: pl.DataFrame, missing: tuple[str, ...], decimal: str) -> Reading | None:
    """Eight digits that are all days of 1900 to 2100, such as 20241231; numbers hardly ever are."""
    if values.height < FEW_DAYS or not values["v"].str.contains(r"^(19|20)\d{6}$").all() or _date_share(values, "%Y%m%d") < 1.0:
        return None
    return Reading("date", int(values["n"].sum()), values.height, missing=missing, decimal=decimal, date_format="%Y%m%d")


def _as_date(values: pl.DataFrame, missing: tuple[str, ...], decimal: str) -> Reading | None:
    rows = int(values["n"].sum())
    if not values["v"].head(50).str.contains(r"\d").all():
        return None
    probe = values.head(50)
    shares: dict[str, float] = {}
    for known in FORMATS:
        if _date_share(probe, known) >= 0.5:
            shares[known] = _date_share(values, known)
            if shares[known] == 1.0 and "%d" not in known[:6]:
                break
    if not shares or max(shares.values()) < 0.95:
        return None
    best = max(shares, key=lambda known: shares[known])
    swapped = best.replace("%m", "\0").replace("%d", "%m").replace("\0", "%d")
    tie = swapped != best and shares.get(swapped) == shares[best]
    note = "day and month cannot be told apart; the month is taken to come first" if tie else ""
    if tie and decimal == ",":
        best, note = (
            swapped if best.startswith("%m") else best,
            "day and month cannot be told apart; the day is taken to come first",
        )
    levels = values.select(date(pl.col("v"), best))["v"].drop_nulls().n_unique()
    return Reading("date", rows, levels, shares[best], missing, decimal, date_format=best, note=note)


def _date_share(values: pl.DataFrame, known: str) -> float:
    try:
        read = values.select(date(pl.col("v"), known))["v"]
    except pl.exceptions.PolarsError:
        return 0.0
    plausible = read.is_not_null() & read.dt.year().is_between(1000, 2300)
    return float(values["n"].filter(plausible.fill_null(False)).sum()) / float(values["n"].sum())
