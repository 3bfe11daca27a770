"""Numbers for people: short, aligned, and never a lie about a missing or infinite one. The exact value goes beside it."""

import math

from bringup.findings import Measurement

MISSING = "–"
MINUS = "\N{MINUS SIGN}"
RANGE = "\N{EN DASH}"
SIZES = ("B", "kB", "MB", "GB", "TB", "PB")
SHARES = {"share", "fraction"}
COUNTED = {"row", "column", "value", "step", "epoch", "example", "parameter", "group", "seed", "batch", "class"}
SECONDS = {"s", "second", "seconds"}
BYTES = {"byte", "bytes", "B"}


def number(value: object) -> str:
    """Say any value of a measurement in as few digits as a person needs: 32,561, 0.871, 1.2e-5."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}".replace("-", MINUS) if abs(value) < 10**15 else power(float(value))
    if isinstance(value, float):
        return _real(value)
    return str(value)


def _real(value: float) -> str:
    """A float: three significant digits below one, none behind the point above a thousand."""
    if not math.isfinite(value):
        return not_finite(value)
    size = abs(value)
    if value == 0:
        return "0"
    if size >= 1e15 or size < 1e-4:
        return power(value)
    if value == int(value) or size >= 1000:
        text = f"{value:,.0f}"
    elif size >= 100:
        text = f"{value:.1f}"
    elif size >= 1:
        text = f"{value:.2f}"
    else:
        text = f"{value:.3f}" if size >= 0.01 else f"{value:.3g}"
    return text.replace("-", MINUS)


def power(value: float) -> str:
    """A very large or very small number: 1.2e-5, without the leading zeros of the exponent."""
    mantissa, _, exponent = f"{value:.2g}".partition("e")
    return mantissa.replace("-", MINUS) + (f"e{int(exponent)}" if exponent else "")


def not_finite(value: float) -> str:
    """NaN and the infinities by their names."""
    return "NaN" if math.isnan(value) else ("∞" if value > 0 else f"{MINUS}∞")


def metric(value: float | None) -> str:
    """A figure that stands in a column of its like: always three decimals below ten, so that the points align."""
    if value is None:
        return MISSING
    if not math.isfinite(value) or abs(value) >= 10:
        return number(float(value))
    if 0 < abs(value) < 0.0005:
        return power(value)
    return f"{value:.3f}".replace("-", MINUS)


def signed(value: float | None) -> str:
    """A difference, with its sign."""
    if value is None:
        return MISSING
    return f"+{metric(value)}" if value > 0 else metric(value)


def interval(low: float | None, high: float | None) -> str:
    """The bounds of an interval: 0.866–0.876; with a negative bound "−0.002 to 0.004", where a dash could be read as a sign."""
    if low is None or high is None:
        return ""
    joint = " to " if low < 0 or high < 0 else RANGE
    return f"{metric(low)}{joint}{metric(high)}"


def seconds(value: float | None) -> str:
    """A duration: 12 ms, 1.2 s, 12 s, 2 min 14 s, 1 h 05 min."""
    if value is None:
        return MISSING
    if not math.isfinite(value):
        return not_finite(value)
    if value < 0.0005:
        return "0 s"
    if value < 0.0995:
        return f"{value * 1000:.0f} ms"
    if value < 9.95:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60:02d} min"


def size(value: float | None) -> str:
    """A number of bytes, in powers of 1000: 12 MB."""
    if value is None:
        return MISSING
    if not math.isfinite(value):
        return not_finite(value)
    amount, unit = float(value), 0
    while abs(amount) >= 999.5 and unit < len(SIZES) - 1:
        amount, unit = amount / 1000, unit + 1
    digits = 1 if unit and abs(amount) < 9.95 else 0
    return f"{amount:.{digits}f} {SIZES[unit]}".replace("-", MINUS)


def percent(part: float, whole: float = 1.0) -> str:
    """A share: 0 %, <0.1 %, 5.6 %, 42 %."""
    if not whole or not math.isfinite(part / whole):
        return MISSING
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "<0.1 %"
    if 99.9 < share < 100:
        return ">99.9 %"
    return f"{share:.1f} %" if 0 < share < 9.95 or 99 < share < 100 else f"{share:.0f} %"


def exact(value: object) -> str:
    """All digits, for a tooltip."""
    return repr(float(value)) if isinstance(value, float) else str(value)


def quantity(value: object, unit: str = "1") -> str:
    """A value with its unit: "1.2 s", "12 MB", "24 rows", "5 %" of a share; unit "1" is a pure number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if unit in SECONDS:
            return seconds(value)
        if unit in BYTES:
            return size(value)
        if unit in SHARES:
            return percent(value)
    if unit in ("", "1", *SHARES) or value is None:
        return number(value)
    return f"{number(value)} {_plural(unit) if unit in COUNTED and value != 1 else unit}"


def _plural(unit: str) -> str:
    return f"{unit}es" if unit.endswith(("s", "ch")) else f"{unit}s"


def measured(measurement: Measurement) -> str:
    """The value of a measurement."""
    return quantity(measurement.value, measurement.unit)


def limit(measurement: Measurement) -> str:
    """The threshold that a measurement was held against; empty where there is none."""
    return "" if measurement.limit is None else quantity(measurement.limit, measurement.unit)


def shape(sizes: tuple[int, ...]) -> str:
    """The shape of a tensor: 256 × 108."""
    return " × ".join(str(side) for side in sizes) or "scalar"
