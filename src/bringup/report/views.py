"""What the templates show, picked and ordered: long lists are cut to what a person reads, and say how much was left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from bringup.findings import CheckResult, Finding
from bringup.recipe.document import STEPS, Candidate, RunDocument
from bringup.record import ColumnFacts, Record
from bringup.report.numbers import interval, metric, number, seconds
from bringup.report.words import SEVERITIES

COLUMNS_IN_FULL = 40
NAMES_BESIDE = 1500
ROWS = 60
FINDINGS_IN_FULL = 25
SECTION_OF_STEP = {
    "plan": "plan",
    "data": "columns",
    "run": "layers",
    "overfit-one-batch": "one-batch",
    "train": "curves",
    "compare": "comparison",
    "evaluate": "error",
    "improve": "improvements",
}
T = TypeVar("T")


@dataclass(frozen=True)
class Cut(Generic[T]):
    """The first items of a list, and how many more there are."""

    shown: Sequence[T]
    more: Sequence[T]
    left: int  # neither shown nor listed

    @property
    def hidden(self) -> int:
        """How many are not drawn, listed or not."""
        return len(self.more) + self.left


@dataclass(frozen=True)
class Key:
    """One of the few figures at the top."""

    label: str
    value: str
    note: str = ""
    exact: str = ""


def cut(items: Sequence[T], shown: int, more: int = 0) -> Cut[T]:
    """Part a list into what is shown in full, what is listed briefly, and the rest."""
    return Cut(items[:shown], items[shown : shown + more], max(len(items) - shown - more, 0))


def keys(document: RunDocument) -> list[Key]:
    """The chosen model's figure, what it is to be held against, how many rows, how long."""
    found: list[Key] = []
    chosen = next((c for c in document.candidates if c.chosen), None)
    if chosen:
        found.append(
            _figure(chosen, f"{'Test' if chosen.test is not None else 'Validation'} {chosen.metric}", f"{chosen.model}")
        )
    constant = next((c for c in document.candidates if c.model == "constant" and not c.chosen), None)
    if constant:
        found.append(_figure(constant, "Always the same answer", "constant", with_interval=False))
    known = next((k for k in document.known_results if k.comparable and (chosen is None or k.metric == chosen.metric)), None)
    if known:
        found.append(Key("Published", metric(known.value), f"{known.model} on {known.dataset}", str(known.value)))
    found.append(Key("Rows", number(document.rows), "", str(document.rows)))
    if document.seconds:
        found.append(Key("Took", seconds(document.seconds), "", f"{document.seconds} s"))
    return found


def _figure(candidate: Candidate, label: str, note: str, *, with_interval: bool = True) -> Key:
    value = candidate.validation if candidate.test is None else candidate.test
    bounds = interval(candidate.low, candidate.high) if with_interval else ""
    return Key(label, metric(value), " · ".join(part for part in (note, bounds) if part), repr(value))


def ladder(document: RunDocument) -> list[Any]:
    """The steps that were taken, then the names of those that were not reached."""
    taken = {step.step for step in document.steps}
    return [*document.steps, *({"step": name, "status": "not-reached"} for name in STEPS if name not in taken)]


def findings(document: RunDocument) -> list[tuple[str, str, Cut[Finding]]]:
    """(severity, title, findings), the gravest first, the surest first in each."""
    groups = []
    for severity, title in SEVERITIES.items():
        of_it = sorted((f for f in document.findings if f.severity == severity), key=lambda f: -f.confidence)
        if of_it:
            groups.append((severity, title, cut(of_it, FINDINGS_IN_FULL, NAMES_BESIDE)))
    return groups


def columns(document: RunDocument, record: Record) -> Cut[ColumnFacts]:
    """The target first, then the columns that something was found about, then the order of the file."""
    named = {finding.where.column for finding in document.findings if finding.where}
    found = sorted(record.columns or (), key=lambda column: (column.role != "target", column.name not in named))
    return cut(found, COLUMNS_IN_FULL, NAMES_BESIDE)


def anchors(document: RunDocument) -> dict[str, dict[str, str]]:
    """Where each finding that is shown in full stands in the page, by column and code."""
    places: dict[str, dict[str, str]] = {}
    for severity, _, found in findings(document):
        for place, finding in enumerate(found.shown, start=1):
            if finding.where and finding.where.column:
                places.setdefault(finding.where.column, {})[finding.code] = f"{severity}-{place}"
    return places


def outcomes(checks: Sequence[CheckResult]) -> dict[str, int]:
    """How many checks had each outcome, in the order of the vocabulary."""
    counts: dict[str, int] = {}
    for check in checks:
        counts[check.outcome] = counts.get(check.outcome, 0) + 1
    return counts


def flat(content: Mapping[str, Any], *, most: int = 200) -> list[tuple[str, str]]:
    """Nested settings as lines "a.b", value."""
    return list(islice(_lines(content, ""), most))


def _lines(content: Any, path: str) -> Any:
    if isinstance(content, Mapping) and content:
        for key, value in content.items():
            yield from _lines(value, f"{path}.{key}" if path else str(key))
    elif isinstance(content, list | tuple) and any(isinstance(part, Mapping) for part in content):
        for place, value in enumerate(content):
            yield from _lines(value, f"{path}[{place}]")
    elif isinstance(content, list | tuple):
        yield path, ", ".join(_plain(part) for part in content)
    else:
        yield path, _plain(content)


def _plain(value: Any) -> str:
    """Settings are shown as they would be typed: 0.0003, not 3e-4."""
    return "–" if value is None or value == {} else (str(value).lower() if isinstance(value, bool) else str(value))
