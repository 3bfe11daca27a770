"""From the measurements of a run to its pictures, each with the sentence that says what it shows."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from markupsafe import Markup

from bringup.probes.result import ProbeResult
from bringup.recipe.document import RunDocument
from bringup.record import Record, Series
from bringup.report import charts
from bringup.report.charts import Dot, Line
from bringup.report.numbers import metric, number
from bringup.report.palette import ACCENT, MUTED, SECOND
from bringup.report.words import SHAPES, plural

STYLES = {"train": (ACCENT, (1, 0)), "validation": (SECOND, (6, 3)), "test": (MUTED, (2, 2))}
MANY = 12  # charts in one place; more of them are no longer read
ON_ONE_BATCH = "loss on one batch"  # what probes on one batch compare
WIDE_RANGE = 50  # from this ratio of the largest to the smallest value a loss is drawn on a logarithmic axis


@dataclass(frozen=True)
class Figure:
    """A picture, its title, and what a person should take from it. `warning` is said beside it."""

    title: str
    svg: Markup
    caption: str = ""
    warning: str = ""


def comparison(document: RunDocument) -> Figure | None:
    """Candidates and the published figures of the same metric, as dots with intervals."""
    if not document.candidates:
        return None
    name = document.candidates[0].metric
    dots = [
        Dot(c.model, c.validation if c.test is None else c.test, c.low, c.high, "chosen" if c.chosen else "ours")
        for c in document.candidates
        if c.metric == name
    ]
    for known in document.known_results:
        if known.metric == name:
            low, high = (None, None) if known.std is None else (known.value - 1.96 * known.std, known.value + 1.96 * known.std)
            dots.append(Dot(known.model + charts.PUBLISHED, known.value, low, high, "published"))
    dots = [dot for dot in dots if math.isfinite(dot.value)][:40]
    if not dots:
        return None
    tested = any(c.test is not None for c in document.candidates)
    title = f"{name}, {'test' if tested else 'validation'} rows"
    label = f"{name} of {plural(len(dots), 'model')}: " + "; ".join(f"{dot.name} {metric(dot.value)}" for dot in dots)
    return Figure(title, charts.dot_plot(dots, label=label))


def training(record: Record) -> list[Figure]:
    """Loss first, then the metrics, train and validation in one picture."""
    groups: dict[str, dict[str, Series]] = {}
    for name, series in record.series.items():
        part, _, quantity = name.partition("/")
        if part in STYLES and quantity and len(series):
            groups.setdefault(quantity, {})[part] = series
    names = sorted(groups, key=lambda quantity: quantity != "loss")
    return [figure for name in names[:MANY] if (figure := _curves(name, groups[name]))]


def _curves(name: str, parts: dict[str, Series]) -> Figure | None:
    lines = [
        Line(part, parts[part].steps, parts[part].values, colour, dash)
        for part, (colour, dash) in STYLES.items()
        if part in parts
    ]
    lowest = _lowest(parts["validation"]) if name == "loss" and "validation" in parts else None
    said = "; ".join(f"{line.name} ends at {metric(line.values[-1])}" for line in lines)
    best = f"Lowest validation loss {metric(lowest[1])} at step {lowest[0]:,} (dotted)." if lowest else ""
    title = _titled(name, next(iter(parts.values())).unit)
    svg = charts.curves(
        lines, title="step", label=f"{title} over steps: {said}", log=_log(lines), best=lowest[0] if lowest else None
    )
    caption = " ".join(part for part in (best, "Logarithmic axis." if _log(lines) else "") if part)
    return _figure(title, svg, caption or said[:1].upper() + said[1:] + ".", lines)


def others(record: Record) -> list[Figure]:
    """Every other series: the norm of the gradient, the size of an update…"""
    names = [
        name
        for name, series in record.series.items()
        if len(series) > 1 and name.partition("/")[0] not in (*STYLES, "one-batch")
    ]
    figures = []
    for name in names[:MANY]:
        series = record.series[name]
        line = Line("", series.steps, series.values)
        title = _titled(name.replace("/", " "), series.unit)
        label = f"{title} over steps, last {number(series.last)}"
        figures.append(
            _figure(
                title,
                charts.curves([line], title="step", label=label, log=_log([line])),
                f"Last: {number(series.last)}.",
                [line],
            )
        )
    return [figure for figure in figures if figure]


def one_batch(probes: Sequence[ProbeResult], series: Series | None = None) -> Figure | None:
    """The loss on one frozen batch, and what the probes on that batch did.

    Args:
        series: The loss, where it was recorded at more steps than the probe's answer holds.
    """
    first = next((p for p in probes if p.probe == "overfit-one-batch"), None)
    series = series or (first.series if first else None)
    if series is None or not series.finite:
        return None
    main = Line("as it is", series.steps, series.values)
    tried = [
        line for p in probes if p is not first and p.quantity == ON_ONE_BATCH and (line := _tried(p, 10 * max(series.finite)))
    ]
    lines = [main, *tried[:4]]
    shape = f"{SHAPES[first.shape]}: " if first and first.shape else ""
    span = f"{metric(series.finite[0])} → {metric(series.finite[-1])} in {plural(series.steps[-1], 'step')}"
    svg = charts.curves(lines, title="step", label=f"Loss on one batch {shape}{span}", log=_log(lines))
    caption = f"{shape}{span}."
    return _figure(_titled("Loss on one batch", series.unit), svg, caption[:1].upper() + caption[1:], [main])


def _tried(probe: ProbeResult, highest: float) -> Line | None:
    """The line of a probe, up to where it leaves the picture: one that explodes must not flatten the others."""
    if probe.series is None:
        return None
    points = list(zip(probe.series.steps, probe.series.values, strict=False))
    inside = list(takewhile(lambda point: abs(point[1]) <= highest, points))
    name = ("↑ " if len(inside) < len(points) else "") + probe.probe.replace("-", " ")
    if len(inside) < 2:
        return None
    return Line(name, [step for step, _ in inside], [value for _, value in inside], MUTED, (3, 3), thin=True)


def error_split(document: RunDocument) -> Figure | None:
    """The error, taken apart."""
    split = document.error_split
    if split is None or not split.parts or not math.isfinite(split.total):
        return None
    said = ", ".join(f"{part.name.replace('-', ' ')} {metric(part.value)}" for part in split.parts)
    return Figure(
        f"Test error {metric(split.total)}, taken apart",
        charts.waterfall(split, label=f"Test error of {metric(split.total)}: {said}"),
    )


def _figure(title: str, svg: Markup, caption: str, lines: Iterable[Line]) -> Figure | None:
    bad = sum(charts.not_finite(line.values) for line in lines)
    warning = f"{plural(bad, 'value')} not finite (NaN or ∞) and not drawn." if bad else ""
    return Figure(title, svg, caption, warning) if svg or warning else None


def _titled(name: str, unit: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:] + (f" ({unit})" if unit != "1" else "")


def _lowest(series: Series) -> tuple[int, float] | None:
    pairs = [(value, step) for step, value in zip(series.steps, series.values, strict=False) if math.isfinite(value)]
    return (min(pairs)[1], min(pairs)[0]) if pairs else None


def _log(lines: Iterable[Line]) -> bool:
    values = [value for line in lines for value in line.values if math.isfinite(value)]
    return bool(values) and min(values) > 0 and max(values) / min(values) > WIDE_RANGE
