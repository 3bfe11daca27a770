"""Put findings to the test: change one thing in the script, run it again, and compare."""

import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from bringup.checks.table import CHECKS
from bringup.findings import Finding, Severity
from bringup.probes import PROBES, ProbeResult
from bringup.probes.probe import Probe
from bringup.probes.trial.trials import Again, Changes, outcome
from bringup.record import Record

LEAST_SECONDS = 15.0
MOST_SECONDS = 60.0  # beyond the script's own time
SLACK = 1.5  # a trial may take so many times what the script took, and
MARGIN_SECONDS = 10.0  # as many seconds more
FEWEST_STEPS = 30  # a trial that cannot reach as many tells nothing
BEYOND = 5  # steps past the one at which a program ended with an exception
AT_ONCE = 3  # findings whose probes are begun together
DOUBTED = 0.5  # what is left of a finding's confidence where its probe said no


@dataclass(frozen=True)
class Pending:
    """A probe at work on a finding: its control, and its runs with the change."""

    finding: Finding
    probe: Probe
    control: "Future[dict[str, Any]]"
    changed: "tuple[Future[dict[str, Any]], ...]"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How far to go.

    Attributes:
        until: The moment, on the monotonic clock, at which the last trial must have ended.
        budget: Probes at most; None for as many as there is time for.
        most: What there was in the beginning, in seconds.
    """

    until: float
    budget: int | None = None
    most: float = MOST_SECONDS

    @property
    def seconds(self) -> float:
        """What is left."""
        return self.until - time.monotonic()


@dataclass(frozen=True, kw_only=True)
class Tested:
    """Findings with the answers of their probes, and all answers."""

    findings: tuple[Finding, ...]
    probes: tuple[ProbeResult, ...] = ()


def put_to_the_test(findings: Sequence[Finding], record: Record, trials: Again, limits: Limits) -> Tested:
    """Run the probes that findings ask for, the first finding's first; trials run side by side.

    Args:
        findings: Ranked.
        record: Of the first run.
    """
    wanted = [(finding, probe) for finding in findings if (probe := probe_of(finding)) is not None and probe.runs(finding)]
    answers: dict[str, ProbeResult] = {}
    for first in range(0, len(wanted[: limits.budget]), AT_ONCE):
        if first and limits.seconds < limits.most / 2:
            break  # what is left of the time belongs to the experiment on one batch
        pending = [begun(*entry, record, trials, limits) for entry in wanted[: limits.budget][first : first + AT_ONCE]]
        for entry in pending:
            result = None if entry is None else answered(entry, limits)
            if entry is not None and result is not None:
                answers[entry.finding.fingerprint] = result
    return Tested(
        findings=without_symptoms([told(finding, answers.get(finding.fingerprint)) for finding in findings]),
        probes=tuple(dict.fromkeys(answers.values())),
    )


def without_symptoms(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings; where a fault was proved, what such faults bring about is no more than a note."""
    symptoms = {check.code for check in CHECKS if check.symptom}
    proved = any(
        finding.severity.loud and finding.code not in symptoms and finding.confirmed_by and finding.confirmed_by.answer == "yes"
        for finding in findings
    )
    if not proved:
        return tuple(findings)
    update = {"severity": Severity.NOTE}
    return tuple(finding.model_copy(update=update) if finding.code in symptoms else finding for finding in findings)


def probe_of(finding: Finding) -> Probe | None:
    """The probe that a finding asks for, where it is worth one."""
    return PROBES.get(finding.confirm_with or "") if finding.severity.loud else None


def begun(finding: Finding, probe: Probe, record: Record, trials: Again, limits: Limits) -> Pending | None:
    """Start a control and the runs with the change; None where there is no time to learn anything from them."""
    program = record.need("program")
    seconds = min(limits.seconds, SLACK * program.seconds + MARGIN_SECONDS)
    if probe.by == "ending":
        steps = program.steps + BEYOND
    else:
        steps = affordable(program.steps, program.seconds, limits.seconds)
        if steps < min(FEWEST_STEPS, program.steps) or not steps:
            return None

    def begin(changes: Changes) -> "Future[dict[str, Any]]":
        return trials.begin(changes, steps=steps, seconds=seconds, to_the_end=probe.to_the_end)

    control = begin(probe.control)
    return Pending(finding, probe, control, tuple(begin(changes) for changes in probe.runs(finding)))


def affordable(steps: int, seconds: float, left: float) -> int:
    """How many steps a trial can make so that it and its control end in time."""
    if seconds <= 0 or left <= 0:
        return 0
    return min(steps, int(steps * (left - MARGIN_SECONDS / 2) / (SLACK * seconds)))


def answered(entry: Pending, limits: Limits) -> ProbeResult | None:
    """Wait for the runs of a probe, and compare them; None where time ran out."""
    before = outcome(entry.control, seconds=limits.seconds)
    after = [outcome(future, seconds=limits.seconds) for future in entry.changed]
    late = any(run.ending == "late" for run in (before, *after))
    if late and min(run.steps for run in (before, *after)) < FEWEST_STEPS:
        return None  # too early to compare
    return entry.probe.compared(before, after, entry.finding)


def told(finding: Finding, result: ProbeResult | None) -> Finding:
    """A finding with the answer of its probe; a no withdraws it, where the probe cannot overlook what it looks for."""
    if result is None:
        return finding
    update: dict[str, Any] = {"confirmed_by": result.confirmation}
    if result.answer == "no":
        update["confidence"] = finding.confidence * DOUBTED
        if PROBES[result.probe].decisive:
            update["severity"] = Severity.NOTE
    return finding.model_copy(update=update)
