"""The report for a terminal: the verdict first, 80 columns, and nothing that needs colour to be understood."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from bringup.findings import Finding
from bringup.recipe.document import Candidate, RunDocument
from bringup.report.numbers import interval, measured, metric, number, seconds
from bringup.report.words import PARTS, SIGNS, STEP_TITLES, VERDICTS, clean, findings_in_words

STYLES = {
    "good": "bold green",
    "held-back": "bold yellow",
    "stopped": "bold red",
    "passed": "green",
    "failed": "bold red",
    "skipped": "dim",
    "error": "bold red",
    "warning": "bold yellow",
    "note": "dim",
}
PLAIN = str.maketrans(
    {
        "✓": "+",
        "✗": "x",
        "–": "-",
        "—": "-",
        "−": "-",
        "→": ">",
        "·": "|",
        "●": "o",
        "◇": "*",
        "─": "-",
        "×": "x",
        "±": "~",
        "…": ".",
    }
)
NARROWEST, SHOWN = 40, 20


@dataclass(frozen=True)
class TextReport:
    """The report as something that rich can print; where the terminal cannot show a sign it gets an ASCII one."""

    document: RunDocument
    width: int = 80

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = max(min(self.width, options.max_width), NARROWEST)
        content = Group(*_parts(self.document, width))
        for segment in console.render(content, options.update(width=width, highlight=False)):
            yield segment if options.encoding.lower().startswith("utf") else _plain(segment, options.encoding)


def render_text(document: RunDocument, *, width: int = 80) -> TextReport:
    """Return the report for a terminal, at most `width` columns wide."""
    return TextReport(document, width)


def print_text(document: RunDocument, console: Console) -> None:
    """Print the report, at most 80 columns wide: longer lines are harder to read."""
    console.print(render_text(document), highlight=False)


def _plain(segment: Segment, encoding: str) -> Segment:
    text = segment.text.translate(PLAIN).encode(encoding, "replace").decode(encoding)
    return Segment(text, segment.style, segment.control)


def _parts(document: RunDocument, width: int) -> Iterator[RenderableType]:
    yield _head(document)
    yield _steps(document)
    yield from _findings(document)
    yield from _candidates(document, width)
    yield from _known(document)
    yield from _error(document)
    table = _grid("left", "left", wrap=1)
    table.add_row(_text(("Next", "bold")), _text(document.verdict.next_action))
    table.add_row(_text(("Report", "bold")), _text(document.report))
    yield Group("", table)


def _head(document: RunDocument) -> RenderableType:
    verdict = document.verdict
    where = f" at “{STEP_TITLES[verdict.step]}”" if verdict.step and verdict.status != "good" else ""
    target = f" → {document.target}" if document.target else ""
    rows, took = number(document.rows), seconds(document.seconds)
    about = f"{document.data}{target} · {document.task} · {rows} rows · seed {document.seed} · {took}"
    style = STYLES[verdict.status]
    return Group(
        _text((about, "dim")),
        _text((f"\n{SIGNS[verdict.status]} {VERDICTS[verdict.status]}{where}", style)),
        _text((verdict.summary, "bold")),
    )


def _steps(document: RunDocument) -> RenderableType:
    table = _grid("left", "left", "left", "right", wrap=2)
    for step in document.steps:
        said = f"skipped: {step.summary}" if step.status == "skipped" else step.summary
        style = STYLES[step.status]
        table.add_row(
            _text((SIGNS[step.status], style)),
            _text(STEP_TITLES[step.step]),
            _text(said),
            _text((seconds(step.seconds), "dim")),
        )
    taken = {step.step for step in document.steps}
    if missing := [title for name, title in STEP_TITLES.items() if name not in taken]:
        table.add_row(SIGNS["not-reached"], _text(("not reached", "dim")), _text((", ".join(missing), "dim")), "")
    return _titled("Steps", "", table)


def _findings(document: RunDocument) -> Iterator[RenderableType]:
    if not document.findings:
        return
    table = _grid("left", "left", wrap=1)
    for finding in sorted(document.findings, key=lambda f: ("error", "warning", "note").index(f.severity))[:SHOWN]:
        table.add_row(
            _text((SIGNS[finding.severity], STYLES[finding.severity])),
            _finding(finding, document.resolved.get(finding.fingerprint)),
        )
    if len(document.findings) > SHOWN:
        table.add_row("", _text((f"and {number(len(document.findings) - SHOWN)} more in the report", "dim")))
    yield _titled("Findings", findings_in_words(document), table)


def _finding(finding: Finding, resolved: str | None) -> Text:
    text = _text((finding.code, "bold"), f" {finding.message}")
    if finding.evidence and finding.severity != "note":
        text.append(_clean(f"\n{finding.evidence[0].name}: {measured(finding.evidence[0])}"), "dim")
    if resolved:
        text.append(_clean(f"\n✓ dealt with in this run: {resolved}"))
    elif finding.fix:
        text.append(_clean(f"\n→ {finding.fix.title}"))
    if finding.confirmed_by:
        probe = finding.confirmed_by
        text.append(
            _clean(f"\nput to the test by {probe.probe}: {metric(probe.before)} → {metric(probe.after)}, {probe.answer}"), "dim"
        )
    return text


def _candidates(document: RunDocument, width: int) -> Iterator[RenderableType]:
    rows = document.candidates[:SHOWN]
    if not rows:
        return
    table = _grid("left", "left", "right", "right", "left", "left", wrap=1)
    table.show_header = True
    for place, name in enumerate(("", "", "validation", "test", "95 % interval", "")):
        table.columns[place].header = _text((name, "dim"))
    plots = _plots(rows, 20) if width >= 76 else [""] * len(rows)
    for row, plot in zip(rows, plots, strict=True):
        style = "bold" if row.chosen else ""
        sign = SIGNS["good"] if row.chosen else ""
        cells = (row.model, metric(row.validation), metric(row.test), interval(row.low, row.high))
        table.add_row(_text((sign, STYLES["good"])), *(_text((cell, style)) for cell in cells), _text((plot, style or "dim")))
    yield _titled("Models", document.candidates[0].metric, table)


def _plots(rows: tuple[Candidate, ...], width: int) -> list[str]:
    """A dot with its interval for each model, on one scale."""
    points = [(row.validation if row.test is None else row.test, row.low, row.high) for row in rows]
    every = [value for point in points for value in point if value is not None and abs(value) < float("inf")]
    low, high = (min(every), max(every)) if every else (0.0, 1.0)
    return [_plot(point, low, (high - low) or 1.0, width) for point in points]


def _plot(point: tuple[float, float | None, float | None], low: float, span: float, width: int) -> str:
    places = [
        None if value is None or not abs(value) < float("inf") else round((value - low) / span * (width - 1)) for value in point
    ]
    middle, start, end = places
    if middle is None:
        return ""
    line = [" "] * width
    for place in range(middle if start is None else start, (middle if end is None else end) + 1):
        line[place] = "─"
    line[middle] = "●"
    return "".join(line).rstrip()


def _known(document: RunDocument) -> Iterator[RenderableType]:
    known = [k for k in document.known_results if k.ours is not None][:SHOWN]
    if not known:
        return
    table = _grid("left", "right", "right", "left", wrap=0)
    words = {True: "✓ within spread", False: "! beyond spread", None: "not comparable"}
    for k in known:
        name = f"{k.model} on {k.dataset}" + (f", {k.year}" if k.year else "")
        table.add_row(_text(name), _text(metric(k.value)), _text(f"ours {metric(k.ours)}"), _text(words[k.within_spread]))
    yield _titled("Published", document.known_results[0].metric, table)


def _error(document: RunDocument) -> Iterator[RenderableType]:
    split = document.error_split
    if split is None:
        return
    table = _grid("left", "right", "left", wrap=2)
    for part in split.parts:
        bar = "─" * round(24 * max(part.value, 0) / split.total) if split.total > 0 and abs(part.value) < float("inf") else ""
        style = "bold" if part.name == split.dominant else ""
        table.add_row(_text((PARTS[part.name], style)), _text((metric(part.value), style)), _text((bar, style or "dim")))
    yield _titled("Error", f"{split.metric} {metric(split.total)} on test, taken apart", table)


def _titled(title: str, note: str, content: RenderableType) -> RenderableType:
    return Group(
        _text((f"\n{title}", "bold"), (f"  {note}" if note else "", "dim")), Padding(content, (0, 0, 0, 2), expand=False)
    )


def _grid(*sides: str, wrap: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for place, side in enumerate(sides):
        table.add_column(
            justify="right" if side == "right" else "left",
            no_wrap=place != wrap,
            overflow="fold" if place == wrap else "ellipsis",
        )
    return table


def _text(*parts: str | tuple[str, str]) -> Text:
    """Text that no markup and no control character in the data can change."""
    return Text.assemble(
        *((_clean(part), "") if isinstance(part, str) else (_clean(part[0]), part[1]) for part in parts), overflow="fold"
    )


def _clean(text: str) -> str:
    return clean(text).replace("\t", " ")
