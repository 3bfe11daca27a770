"""The report for a terminal: the verdict first, 80 columns, and nothing that needs colour to be understood."""

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.text import Text

from bringup.findings import Finding
from bringup.recipe.document import Candidate, RunDocument
from bringup.report.layout import STYLES, WIDEST, Sheet, grid, one_line, text, titled
from bringup.report.numbers import interval, measured, metric, number, seconds
from bringup.report.words import PARTS, SIGNS, STEP_TITLES, VERDICTS, findings_in_words

SHOWN = 20


def render_text(document: RunDocument, *, width: int = WIDEST) -> Sheet:
    """Return the report for a terminal, at most `width` columns wide."""
    return Sheet(lambda columns: _parts(document, columns), width)


def print_text(document: RunDocument, console: Console) -> None:
    """Print the report, at most 80 columns wide."""
    console.print(render_text(document), highlight=False)


def _parts(document: RunDocument, width: int) -> Iterator[RenderableType]:
    yield _head(document)
    yield _steps(document)
    yield from _findings(document)
    yield from _candidates(document, width)
    yield from _known(document)
    yield from _error(document)
    table = grid("left", "left", wrap=1)
    table.add_row(text(("Next", "bold")), text(document.verdict.next_action))
    table.add_row(text(("Report", "bold")), text(document.report))
    yield Group("", table)


def _head(document: RunDocument) -> RenderableType:
    verdict = document.verdict
    where = f" at “{STEP_TITLES[verdict.step]}”" if verdict.step and verdict.status != "good" else ""
    target = f" → {document.target}" if document.target else ""
    rows, took = number(document.rows), seconds(document.seconds)
    about = f"{document.data}{target} · {document.task} · {rows} rows · seed {document.seed} · {took}"
    style = STYLES[verdict.status]
    return Group(
        text((about, "dim")),
        text((f"\n{SIGNS[verdict.status]} {VERDICTS[verdict.status]}{where}", style)),
        text((verdict.summary, "bold")),
    )


def _steps(document: RunDocument) -> RenderableType:
    table = grid("left", "left", "left", "right", wrap=2)
    for step in document.steps:
        said = f"skipped: {step.summary}" if step.status == "skipped" else step.summary
        style = STYLES[step.status]
        table.add_row(
            text((SIGNS[step.status], style)),
            text(STEP_TITLES[step.step]),
            text(said),
            text((seconds(step.seconds), "dim")),
        )
    taken = {step.step for step in document.steps}
    if missing := [title for name, title in STEP_TITLES.items() if name not in taken]:
        table.add_row(SIGNS["not-reached"], text(("not reached", "dim")), text((", ".join(missing), "dim")), "")
    return titled("Steps", "", table)


def _findings(document: RunDocument) -> Iterator[RenderableType]:
    if not document.findings:
        return
    table = grid("left", "left", wrap=1)
    for finding in sorted(document.findings, key=lambda f: ("error", "warning", "note").index(f.severity))[:SHOWN]:
        table.add_row(
            text((SIGNS[finding.severity], STYLES[finding.severity])),
            _finding(finding, document.resolved.get(finding.fingerprint)),
        )
    if len(document.findings) > SHOWN:
        table.add_row("", text((f"and {number(len(document.findings) - SHOWN)} more in the report", "dim")))
    yield titled("Findings", findings_in_words(document.findings), table)


def _finding(finding: Finding, resolved: str | None) -> Text:
    said = text((finding.code, "bold"), f" {finding.message}")
    if finding.evidence and finding.severity != "note":
        said.append(one_line(f"\n{finding.evidence[0].name}: {measured(finding.evidence[0])}"), "dim")
    if resolved:
        said.append(one_line(f"\n✓ dealt with in this run: {resolved}"))
    elif finding.fix:
        said.append(one_line(f"\n→ {finding.fix.title}"))
    if finding.confirmed_by:
        probe = finding.confirmed_by
        said.append(
            one_line(f"\nput to the test by {probe.probe}: {metric(probe.before)} → {metric(probe.after)}, {probe.answer}"),
            "dim",
        )
    return said


def _candidates(document: RunDocument, width: int) -> Iterator[RenderableType]:
    rows = document.candidates[:SHOWN]
    if not rows:
        return
    table = grid("left", "left", "right", "right", "left", "left", wrap=1)
    table.show_header = True
    for place, name in enumerate(("", "", "validation", "test", "95 % interval", "")):
        table.columns[place].header = text((name, "dim"))
    plots = _plots(rows, 20) if width >= 76 else [""] * len(rows)
    for row, plot in zip(rows, plots, strict=True):
        style = "bold" if row.chosen else ""
        sign = SIGNS["good"] if row.chosen else ""
        cells = (row.model, metric(row.validation), metric(row.test), interval(row.low, row.high))
        table.add_row(text((sign, STYLES["good"])), *(text((cell, style)) for cell in cells), text((plot, style or "dim")))
    yield titled("Models", document.candidates[0].metric, table)


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
    table = grid("left", "right", "right", "left", wrap=0)
    words = {True: "✓ within spread", False: "! beyond spread", None: "not comparable"}
    for k in known:
        name = f"{k.model} on {k.dataset}" + (f", {k.year}" if k.year else "")
        table.add_row(text(name), text(metric(k.value)), text(f"ours {metric(k.ours)}"), text(words[k.within_spread]))
    yield titled("Published", document.known_results[0].metric, table)


def _error(document: RunDocument) -> Iterator[RenderableType]:
    split = document.error_split
    if split is None:
        return
    table = grid("left", "right", "left", wrap=2)
    for part in split.parts:
        bar = "─" * round(24 * max(part.value, 0) / split.total) if split.total > 0 and abs(part.value) < float("inf") else ""
        style = "bold" if part.name == split.dominant else ""
        table.add_row(text((PARTS[part.name], style)), text((metric(part.value), style)), text((bar, style or "dim")))
    yield titled("Error", f"{split.metric} {metric(split.total)} on test, taken apart", table)
