"""The pictures of a run: candidates with their intervals, curves, and the error taken apart."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt
from markupsafe import Markup

from bringup.diagnosis.error_split import ErrorSplit
from bringup.report.numbers import metric
from bringup.report.palette import ACCENT, INK, MUTED, QUIET, RULE, SECOND
from bringup.report.svg import draw
from bringup.report.words import PARTS, clean

WIDTHS = {"wide": 820, "narrow": 340}
LABELS = {"wide": 200, "narrow": 126}
CURVES = {"wide": 330, "narrow": 232}
ROW = 30
NAMES = {"wide": 28, "narrow": 17}
PUBLISHED = ", published"
POINTS = 160
TICKS = "datum.value != 0 && (abs(datum.value) >= 1e12 || abs(datum.value) < 1e-4) ? format(datum.value, '~e') : "
TICKS += "format(datum.value, abs(datum.value) >= 10000 ? '~s' : '~g')"


@dataclass(frozen=True)
class Dot:
    """One row of the dot plot. `kind`: "chosen", "ours" or "published"."""

    name: str
    value: float
    low: float | None
    high: float | None
    kind: str


@dataclass(frozen=True)
class Line:
    """One line of a curve chart."""

    name: str
    steps: Sequence[int]
    values: Sequence[float]
    colour: str = ACCENT
    dash: tuple[int, ...] = field(default=(1, 0))
    thin: bool = False


def dot_plot(dots: Sequence[Dot], *, label: str) -> Markup:
    """Draw values with their intervals, one row each, in two widths."""
    return Markup("").join(draw(_dots(dots, variant), label, variant=variant) for variant in WIDTHS)


def _dots(dots: Sequence[Dot], variant: str) -> Any:
    names = [f"{number}" for number in range(len(dots))]
    words = {
        name: _short(dot.name if variant == "wide" else dot.name.removesuffix(PUBLISHED), NAMES[variant])
        for name, dot in zip(names, dots, strict=True)
    }
    rows = [
        {
            "row": name,
            "x": dot.value,
            "low": dot.value if dot.low is None else dot.low,
            "high": dot.value if dot.high is None else dot.high,
            "kind": dot.kind,
            "text": metric(dot.value),
        }
        for name, dot in zip(names, dots, strict=True)
    ]
    y = alt.Y("row:N", sort=None, title=None, axis=_names(variant, f"{json.dumps(words)}[datum.value]"))
    x = alt.X(
        "low:Q", title=None, scale=alt.Scale(zero=False, nice=True), axis=alt.Axis(tickCount=6 if variant == "wide" else 4)
    )
    colour = alt.Color(
        "kind:N", legend=None, scale=alt.Scale(domain=["chosen", "ours", "published"], range=[ACCENT, QUIET, SECOND])
    )
    base = alt.Chart(alt.Data(values=rows)).encode(y=y, color=colour)
    spans = base.mark_rule(strokeWidth=2.5).encode(x=x, x2="high:Q")
    marks = base.transform_filter("datum.kind != 'published'").mark_point(filled=True, size=95, opacity=1).encode(x="x:Q")
    diamonds = (
        base.transform_filter("datum.kind == 'published'")
        .mark_point(filled=False, shape="diamond", size=80, strokeWidth=2, opacity=1)
        .encode(x="x:Q")
    )
    texts = base.mark_text(align="left", dx=9).encode(x="high:Q", text="text:N", color=alt.value(INK))
    return alt.layer(spans, marks, diamonds, texts).properties(
        width=WIDTHS[variant] - LABELS[variant] - 50, height=ROW * len(dots)
    )


def curves(lines: Sequence[Line], *, title: str, label: str, log: bool = False, best: int | None = None) -> Markup:
    """Draw quantities over steps, each line named at its end; `best` marks a step."""
    drawn = [line for line in lines if any(_drawable(value, log) for value in line.values)]
    if not drawn:
        return Markup("")
    return Markup("").join(draw(_lines(drawn, title, variant, log, best), label, variant=variant) for variant in CURVES)


def _lines(lines: Sequence[Line], title: str, variant: str, log: bool, best: int | None) -> Any:
    points = [thinned(line.steps, line.values) for line in lines]
    rows = [{"x": x, "y": y, "line": str(n)} for n, pairs in enumerate(points) for x, y in pairs if _drawable(y, log)]
    scale = alt.Scale(type="log" if log else "linear", zero=False, nice=True)
    steps = alt.Axis(tickCount=5 if variant == "wide" else 3, grid=False, domain=True, domainColor=RULE, format=",d")
    x = alt.X("x:Q", title=title, scale=alt.Scale(nice=False), axis=steps)
    y = alt.Y("y:Q", title=None, scale=scale, axis=alt.Axis(labelExpr=TICKS, **_ticks(rows, log)))
    colour = alt.Color("line:N", legend=None, scale=_by_line([line.colour for line in lines]))
    dash = alt.StrokeDash("line:N", legend=None, scale=_by_line([list(line.dash) for line in lines]))
    width = alt.StrokeWidth("line:N", legend=None, scale=_by_line([1.3 if line.thin else 2 for line in lines]))
    curve = alt.Chart(alt.Data(values=rows)).mark_line(point=min(map(len, points)) == 1)
    layers: list[Any] = [curve.encode(x=x, y=y, detail="line:N", color=colour, strokeDash=dash, strokeWidth=width)]
    if best is not None:
        layers.insert(0, alt.Chart(alt.Data(values=[{"x": best}])).mark_rule(color=MUTED, strokeDash=[2, 3]).encode(x="x:Q"))
    names = alt.Chart(alt.Data(values=_ends(lines, NAMES[variant] - 4, log=log)))
    layers.append(names.mark_text(align="left", dx=6).encode(x="x:Q", y="y:Q", text="name:N", color=colour))
    return alt.layer(*layers).properties(width=CURVES[variant], height=190)


def _by_line(looks: list[Any]) -> Any:
    """One look for each line; the type is said because a range of one would else be taken for a continuous one."""
    return alt.Scale(type="ordinal", domain=[str(n) for n in range(len(looks))], range=looks)


def _ticks(rows: list[dict[str, Any]], log: bool) -> dict[str, Any]:
    """On a logarithmic axis the powers of ten alone, at most six of them."""
    if not log:
        return {"tickCount": 5}
    low, high = (round(math.log10(edge(row["y"] for row in rows))) for edge in (min, max))
    return {"values": [10.0**power for power in range(low, high + 1, max(1, math.ceil((high - low) / 6)))]}


def _drawable(value: float, log: bool) -> bool:
    return math.isfinite(value) and (value > 0 or not log)


def _ends(lines: Sequence[Line], length: int, *, log: bool) -> list[dict[str, Any]]:
    """Where the names of the lines stand: at their last points, moved apart where they would cover each other."""
    scale = math.log if log else float
    every = [scale(value) for line in lines for value in line.values if _drawable(value, log)]
    low, high = min(every), max(every)
    apart = (high - low or 1.0) / 13
    placed: list[dict[str, Any]] = []
    position = low - 2 * apart
    lasts = [
        [(step, scale(value)) for step, value in zip(line.steps, line.values, strict=False) if _drawable(value, log)][-1]
        for line in lines
    ]
    for n, line in sorted(enumerate(lines), key=lambda item: lasts[item[0]][1]):
        step, value = lasts[n]
        position = max(value, position + apart)
        placed.append(
            {"x": step, "y": math.exp(position) if log else position, "name": _short(line.name, length), "line": str(n)}
        )
    return placed


def thinned(steps: Sequence[int], values: Sequence[float]) -> list[tuple[int, float]]:
    """Return the finite points; where they are many, the lowest and the highest of each stretch, so that no spike is lost."""
    pairs = [(step, value) for step, value in zip(steps, values, strict=False) if math.isfinite(value)]
    if len(pairs) <= POINTS:
        return pairs
    stretch = math.ceil(len(pairs) / (POINTS // 2))
    kept = {0, len(pairs) - 1}
    for start in range(0, len(pairs), stretch):
        inside = range(start, min(start + stretch, len(pairs)))
        kept |= {min(inside, key=lambda i: pairs[i][1]), max(inside, key=lambda i: pairs[i][1])}
    return [pairs[i] for i in sorted(kept)]


def waterfall(split: ErrorSplit, *, label: str) -> Markup:
    """Draw each part of the error from where the one before it ended, and the total below, in two widths."""
    return Markup("").join(draw(_steps_down(split, variant), label, variant=variant) for variant in WIDTHS)


def _steps_down(split: ErrorSplit, variant: str) -> Any:
    rows: list[dict[str, Any]] = []
    reached = 0.0
    for part in split.parts:
        if math.isfinite(part.value):
            rows.append(
                _bar(
                    PARTS[part.name],
                    reached,
                    reached + part.value,
                    part.value,
                    "dominant" if part.name == split.dominant else "part",
                )
            )
            reached += part.value
    rows.append(_bar("Test error", 0.0, split.total, split.total, "total"))
    names = [row["name"] for row in rows]
    y = alt.Y("name:N", sort=names, title=None, axis=_names(variant, "datum.label"))
    colour = alt.Color("kind:N", legend=None, scale=alt.Scale(domain=["dominant", "part", "total"], range=[ACCENT, QUIET, INK]))
    base = alt.Chart(alt.Data(values=rows)).encode(y=y)
    bars = base.mark_bar(height=14, cornerRadius=2).encode(
        x=alt.X("from:Q", title=None, axis=alt.Axis(tickCount=5 if variant == "wide" else 3, format="~g")),
        x2="to:Q",
        color=colour,
    )
    texts = base.mark_text(align="left", dx=7).encode(x="right:Q", text="text:N")
    return alt.layer(bars, texts).properties(width=WIDTHS[variant] - LABELS[variant] - 50, height=ROW * len(rows))


def _names(variant: str, words: str) -> Any:
    """An axis of names that begin at the left edge, so that a wider font of the reader's has room to grow into."""
    return alt.Axis(
        labelExpr=words,
        labelAlign="left",
        labelPadding=LABELS[variant] - 8,
        labelLimit=LABELS[variant] - 10,
        labelColor=INK,
        grid=False,
    )


def _bar(name: str, start: float, end: float, value: float, kind: str) -> dict[str, Any]:
    return {"name": name, "from": start, "to": end, "right": max(start, end), "text": metric(value), "kind": kind}


def not_finite(values: Sequence[float]) -> int:
    """How many values are NaN or infinite."""
    return sum(not math.isfinite(value) for value in values)


def _short(name: str, length: int) -> str:
    name = clean(name)
    return name if len(name) <= length else name[: length - 1] + "…"
