"""Put findings to the test: change one thing in the script, run it again, and compare."""

import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from bringup.findings import Finding, Severity
from bringup.probes import PROBES, ProbeResult
from bringup.probes.probe import Probe
from bringup.probes.trial.outcome import Outcome
from bringup.probes.trial.trials import AS_IT_IS, Again, outcome
from bringup.record import Record

MOST_SECONDS = 60.0  # beyond the script's own time
SLACK = 1.5  # a trial may take so many times what the script took, and
MARGIN_SECONDS = 10.0  # as many seconds more
FEWEST_STEPS = 30  # a trial that cannot reach as many tells nothing
DOUBTED = 0.5  # what is left of a finding's confidence where its probe said no


@dataclass(frozen=True)
class Pending:
    """A probe at work on a finding."""

    finding: Finding
    probe: Probe
    changed: "Future[dict[str, Any]]"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How far to go.

    Attributes:
        until: The moment, on the monotonic clock, at which the last trial must have ended.
        budget: Probes at most; None for as many as there is time for.
    """

    until: float
    budget: int | None = None

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
    program = record.need("program")
    steps = affordable(program.steps, program.seconds, limits.seconds)
    if steps < min(FEWEST_STEPS, program.steps) or not steps:
        return Tested(findings=tuple(findings))
    seconds = min(limits.seconds, SLACK * program.seconds + MARGIN_SECONDS)
    pending: list[Pending] = []
    for finding in findings:
        probe = PROBES.get(finding.confirm_with or "") if finding.severity.loud else None
        changes = probe.on_script(finding) if probe is not None else None
        if probe is None or changes is None or (limits.budget is not None and len(pending) >= limits.budget):
            continue
        if not pending:
            trials.begin(AS_IT_IS, steps=steps, seconds=seconds, to_the_end=probe.to_the_end)
        changed = trials.begin(changes, steps=steps, seconds=seconds, to_the_end=probe.to_the_end)
        pending.append(Pending(finding, probe, changed))
    answers: dict[str, ProbeResult] = {}
    for entry in pending:
        control = trials.begin(AS_IT_IS, steps=steps, seconds=seconds, to_the_end=entry.probe.to_the_end)
        result = answered(entry, control, limits)
        if result is not None:
            answers[entry.finding.fingerprint] = result
    return Tested(
        findings=tuple(told(finding, answers.get(finding.fingerprint)) for finding in findings),
        probes=tuple(dict.fromkeys(answers.values())),
    )


def affordable(steps: int, seconds: float, left: float) -> int:
    """How many steps a trial can make so that it and its control end in time."""
    if seconds <= 0 or left <= 0:
        return 0
    return min(steps, int(steps * (left - MARGIN_SECONDS / 2) / (SLACK * seconds)))


def answered(entry: Pending, control: "Future[dict[str, Any]]", limits: Limits) -> ProbeResult | None:
    """Wait for a probe's two runs, and compare them; None where time ran out."""
    before = outcome(control, seconds=limits.seconds)
    after = outcome(entry.changed, seconds=limits.seconds)
    if "late" in (before.ending, after.ending) and not enough(before, after):
        return None
    return entry.probe.compared(before, after, entry.finding)


def enough(before: Outcome, after: Outcome) -> bool:
    """Whether two runs that were ended early went far enough to be compared."""
    return min(before.steps, after.steps) >= FEWEST_STEPS


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
