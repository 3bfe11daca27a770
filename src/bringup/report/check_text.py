"""The diagnosis of a script for a terminal: the verdict, then each finding with its line of code, its evidence and its fix."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bringup.diagnosis.diagnosis import Diagnosis
from bringup.findings import Finding, Fix, Measurement, Outcome
from bringup.report.excerpt import excerpt, program_folder
from bringup.report.layout import STYLES, WIDEST, Sheet, grid, one_line, text
from bringup.report.numbers import limit, measured, metric, percent, seconds
from bringup.report.views import outcomes
from bringup.report.words import SHAPES, SIGNS, VERDICTS, findings_in_words, plural

SHOWN, MOST_EVIDENCE = 20, 8
GUTTER = "│"


def render_check_text(document: Diagnosis, *, width: int = WIDEST) -> Sheet:
    """Return the diagnosis for a terminal, at most `width` columns wide."""
    return Sheet(lambda columns: _parts(document, columns), width)


def print_check(document: Diagnosis, console: Console) -> None:
    """Print the diagnosis, at most 80 columns wide."""
    console.print(render_check_text(document), highlight=False)


def _parts(document: Diagnosis, width: int) -> Iterator[RenderableType]:
    yield _head(document)
    folder = program_folder(document)
    for finding in document.findings[:SHOWN]:
        yield _finding(finding, folder, width)
    if len(document.findings) > SHOWN:
        yield text((f"\nand {plural(len(document.findings) - SHOWN, 'more finding')}; --format json has them all", "dim"))
    yield from _experiments(document)
    yield _foot(document)


def _head(document: Diagnosis) -> RenderableType:
    verdict = document.verdict
    cause = f": {verdict.cause.value.replace('-', ' ')}" if verdict.cause else ""
    family = f", {verdict.family.value.replace('-', ' ')}" if verdict.family else ""
    took = f"ran for {seconds(document.timing.script_s)}, {seconds(document.timing.check_s)} in all"
    return Group(
        text((f"{document.script} · {took}", "dim")),
        text((f"\n{SIGNS[verdict.status]} {VERDICTS[verdict.status]}{cause}{family}", STYLES[verdict.status])),
        text((verdict.summary, "bold")),
    )


def _finding(finding: Finding, folder: Path, width: int) -> RenderableType:
    sure = f" · {percent(finding.confidence)} sure" if finding.confidence < 0.995 else ""
    title = Table.grid(padding=(0, 1, 0, 0), expand=True)
    title.add_column(overflow="fold")
    title.add_column(justify="right", overflow="fold", style="cyan")
    title.add_row(
        text(
            (f"{SIGNS[finding.severity]} ", STYLES[finding.severity]),
            (finding.code, "bold"),
            f" {finding.name}",
            (sure, "dim"),
        ),
        text(str(finding.where or "")),
    )
    return Group("", title, Padding(Group(*_details(finding, folder, width)), (0, 0, 0, 2)))


def _details(finding: Finding, folder: Path, width: int) -> Iterator[RenderableType]:
    if (code := _code(finding, folder, width)) is not None:
        yield code
    yield text(finding.message)
    if finding.evidence:
        yield _evidence(finding.evidence)
    if finding.fix:
        yield _fix(finding.fix)
    if finding.confirmed_by:
        probe = finding.confirmed_by
        quantity = f"{probe.quantity} " if probe.quantity else ""
        span = f"{quantity}{metric(probe.before)} → {metric(probe.after)}"
        yield text(
            (f"\n{SIGNS[probe.answer]} ", "dim"), f"{probe.question} {probe.answer}: ", (f"{span} ({probe.probe})", "dim")
        )


def _code(finding: Finding, folder: Path, width: int) -> RenderableType | None:
    """The lines of code, each cut to the width rather than folded: a folded line is hard to find in an editor."""
    found = excerpt(folder, finding.where)
    if found is None:
        return None
    digits = len(str(found.lines[-1].number))
    lines = Text(no_wrap=True, overflow="ellipsis")
    for place, line in enumerate(found.lines):
        mark = "▸" if line.hit else " "
        row = one_line(f"{mark} {line.number:>{digits}} {GUTTER} {line.text}").rstrip()
        room = width - 4
        row = row if len(row) <= room else row[: room - 1] + "…"
        lines.append(row + ("\n" if place + 1 < len(found.lines) else ""), style="bold" if line.hit else "dim")
    return Padding(lines, (1, 0, 1, 0))


def _evidence(evidence: tuple[Measurement, ...]) -> RenderableType:
    table = grid("left", "right", "left", wrap=0)
    for item in evidence[:MOST_EVIDENCE]:
        held = [f"limit {limit(item)}"] if item.limit is not None else []
        held += [f"step {item.step}"] if item.step is not None else []
        table.add_row(text((item.name, "dim")), text(measured(item)), text((" · ".join(held), "dim")))
    if len(evidence) > MOST_EVIDENCE:
        table.add_row(text((f"and {len(evidence) - MOST_EVIDENCE} more", "dim")), "", "")
    return Padding(table, (1, 0, 0, 0))


def _fix(fix: Fix) -> RenderableType:
    said = text(("→ ", "bold green"), fix.title)
    for sign, change, style in (("-", fix.before, "red"), ("+", fix.after, "green")):
        for line in (change or "").splitlines():
            said.append(one_line(f"\n  {sign} {line}"), style)
    return Padding(said, (1, 0, 0, 0))


def _experiments(document: Diagnosis) -> Iterator[RenderableType]:
    """What was tried that no finding above speaks of."""
    told = {finding.confirmed_by.probe for finding in document.findings if finding.confirmed_by}
    rest = [probe for probe in document.probes if probe.probe not in told]
    for probe in rest[:SHOWN]:
        shape = f", {SHAPES[probe.shape]}" if probe.shape else ""
        steps = f" in {plural(probe.steps, 'step')}" if probe.steps else ""
        span = f"{probe.quantity} {metric(probe.before)} → {metric(probe.after)}{steps}{shape}"
        yield text((f"\n{SIGNS[probe.answer]} ", "dim"), f"{probe.question} ", (f"{span}: ", "dim"), probe.answer)


def _foot(document: Diagnosis) -> RenderableType:
    counts = outcomes(document.checks)
    words = [
        f"{counts[name]:,} {name.replace('-', ' ')}"
        for name in (Outcome.PASSED, Outcome.NOT_APPLICABLE, Outcome.SKIPPED, Outcome.IGNORED, Outcome.CRASHED)
        if counts.get(name)
    ]
    lines = [f"Findings: {findings_in_words(document.findings)} · Checks: {', '.join(words) or 'none'}"]
    if document.verdict.code:
        lines.append(f"`bringup explain {document.verdict.code}` says more.")
    return text(("\n" + "\n".join(lines), "dim"))
