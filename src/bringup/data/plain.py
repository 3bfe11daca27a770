"""The quick way through wide tables: columns of plain numbers are told in one pass over all columns at once."""

from collections.abc import Sequence

import polars as pl

from bringup.data.texts import EXACT, TOKENS, Reading


def plain_readings(raw: pl.DataFrame, names: Sequence[str], *, decimal: str) -> dict[str, Reading]:
    """Return the reading of every text column whose values are all numbers such as `12`, `-0.5` or `1e3`.

    Others, and columns where numbers may be codes or dates, are left to a closer look.
    """
    if decimal != "." or not names:
        return {}
    texts = raw.select(pl.col(names).str.strip_chars())
    texts = texts.select(pl.when(pl.all() != "").then(pl.all()))
    numbers = texts.select(pl.all().cast(pl.Float64, strict=False).fill_nan(None))
    given, read = texts.null_count().row(0), numbers.null_count().row(0)
    tokens = texts.select(pl.all().str.to_lowercase().is_in(list(TOKENS)).sum()).row(0)
    codes = texts.select(pl.all().str.contains(r"^0\d+$|^\d{19,}$|^[12]\d{7}$").any()).row(0)
    whole = numbers.select(((pl.all() == pl.all().round(0)) & (pl.all().abs() <= EXACT)).all()).row(0)
    levels = numbers.select(pl.all().drop_nulls().n_unique()).row(0)
    found = {}
    for i, name in enumerate(names):
        values = raw.height - read[i]
        if values == 0 or codes[i] or read[i] - given[i] != tokens[i]:
            continue
        missing = _tokens(texts[name], numbers[name]) if tokens[i] else ()
        found[name] = Reading("int" if whole[i] else "float", values, levels[i], missing=missing)
    return found


def _tokens(texts: pl.Series, numbers: pl.Series) -> tuple[str, ...]:
    return tuple(sorted(texts.filter(numbers.is_null()).drop_nulls().unique().to_list()))
