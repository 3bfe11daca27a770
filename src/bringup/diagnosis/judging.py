"""From findings to one verdict: which finding comes first, and what is said of the whole."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bringup.capture.process.script import ScriptRun
from bringup.diagnosis.diagnosis import Status, Verdict
from bringup.findings import Cause, CheckResult, Family, Finding, Outcome, Severity
from bringup.record import ProgramFacts

# Order is by confidence with these added: of two findings that are about equally sure and grave, a fault of the implementation
# comes first, because it makes the rest meaningless (DESIGN, the order of the causes).
SEVERITY_WEIGHT = {Severity.ERROR: 0.3, Severity.WARNING: 0.0, Severity.NOTE: 0.0}
CAUSE_WEIGHT = {Cause.IMPLEMENTATION: 0.2, Cause.HYPERPARAMETERS: 0.1, Cause.DATA_MODEL_FIT: 0.05, Cause.DATASET: 0.0}
ANSWER_WEIGHT = {"yes": 0.3, "unclear": 0.0, "no": -0.3}  # of what an experiment said


def ranked(findings: Iterable[Finding], *, crashed: bool = False) -> tuple[Finding, ...]:
    """Sort findings: why the program crashed, then what is more than a note, each by weight; equals by code and place."""

    def key(finding: Finding) -> tuple[bool, bool, float, str, str, int]:
        explains = crashed and finding.family is Family.CRASH
        weight = finding.confidence + SEVERITY_WEIGHT[finding.severity] + CAUSE_WEIGHT[finding.cause]
        weight += ANSWER_WEIGHT[finding.confirmed_by.answer] if finding.confirmed_by else 0.0
        where = finding.where
        file, line = ((where.file or ""), (where.line or 0)) if where else ("", 0)
        return not explains, not finding.severity.loud, -round(weight, 6), finding.code, file, line

    return tuple(sorted(findings, key=key))


def judged(script: str, run: ScriptRun, findings: Sequence[Finding], checks: Sequence[CheckResult]) -> Verdict:
    """The verdict on a script that was run and watched.

    Args:
        findings: Ranked.
    """
    first = next((finding for finding in findings if finding.severity.loud), None)
    status = status_of(run, first)
    name = Path(script).name
    if status == "not-observed":
        return Verdict(status=status, summary=f"No training was seen: {unseen(name, run)}.")
    summary = f"{first.message}{others(findings, first)}" if first else nothing_wrong(run, findings, checks)
    if status == "crashed" and first and first.family is Family.CRASH:
        summary = f"{name} crashed: {decapitalised(summary)}"
    elif status == "crashed":
        summary = f"{name} {ended(run)}; {decapitalised(summary) if first else summary}"
    summary = " ".join(summary.split())
    if not summary.endswith((".", "!", "?", "…")):
        summary += "."
    if run.stopped_by:
        summary += f" {stopped(run)}"
    backend = next((name for name in run.frameworks if name.startswith("keras on ")), None)
    if backend is not None:
        summary += f" {little(backend)}"
    if first is None:
        return Verdict(status=status, summary=summary)
    return Verdict(status=status, cause=first.cause, family=first.family, code=first.code, summary=summary)


def status_of(run: ScriptRun, first: Finding | None) -> Status:
    """Whether a training was seen at all, and what came of it. `first` is the first finding that is more than a note."""
    crashed = run.ending in ("raised", "killed")
    trained = run.backwards > 0 or run.steps > 0
    if not trained and not (crashed and first):
        return "not-observed"
    if crashed:
        return "crashed"
    return "faulty" if first else "healthy"


def ended(run: ScriptRun) -> str:
    """How a program ended, as the end of a sentence: "ended with ValueError: no such class"."""
    if run.ending == "killed":
        return f"was ended by {run.signal}"
    if run.ending == "raised":
        return f"ended with {run.error}"
    return f"called exit with code {run.exit_code}" if run.exit_code else "came to its end"


def unseen(name: str, run: ScriptRun) -> str:
    """Why there is nothing to judge, as a clause."""
    if run.stopped_by:
        return f"{name} made no backward pass before it was stopped after {run.seconds:.0f} s"
    if run.ending in ("raised", "killed") or run.exit_code:
        return f"{name} {ended(run)} before its first backward pass"
    if "torch" not in run.frameworks:
        return f"{name} came to its end without importing torch in its own process"
    return f"{name} came to its end without a backward pass in its own process"


def stopped(run: ScriptRun) -> str:
    """That the program did not come to its end, as a sentence."""
    by = "at the time limit" if run.stopped_by == "limit" else "with Ctrl-C"
    after = f"{run.seconds:.0f} s and {count(run.steps, 'step')}"
    return f"The script was stopped {by}, after {after}; what was seen until then is judged."


def little(backend: str) -> str:
    """What cannot be seen of Keras on a backend other than torch, as a sentence."""
    return (
        f"This was {backend.replace('keras', 'Keras')}, where only what it tells its callbacks can be seen: "
        "KERAS_BACKEND=torch shows the rest."
    )


def others(findings: Sequence[Finding], first: Finding) -> str:
    """How many more findings there are that matter."""
    more = sum(finding.severity.loud for finding in findings if finding is not first)
    return f" ({count(more, 'more finding')})" if more else ""


def nothing_wrong(run: ScriptRun, findings: Sequence[Finding], checks: Sequence[CheckResult]) -> str:
    """What a program without a loud finding is told."""
    judges = sum(check.outcome in (Outcome.PASSED, Outcome.FOUND) for check in checks)
    notes = f"; {count(len(findings), 'note')}" if findings else ""
    training = f"{count(run.steps, 'step')} of training" if run.backwards or run.steps > 1 else "the fit"
    return f"{count(judges, 'check')} looked at {training} and found nothing wrong{notes}"


def decapitalised(sentence: str) -> str:
    """A sentence that goes on after a semicolon; names and acronyms keep their capitals."""
    return sentence[:1].lower() + sentence[1:] if sentence[:1].isupper() and sentence[1:2].islower() else sentence


def count(number: int, word: str) -> str:
    """Count things: "1 step", "2,000 steps"."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def as_run(facts: ProgramFacts, error: str | None = None) -> ScriptRun:
    """A training as a script that was run, which is what a verdict speaks of.

    Args:
        error: The exception that ended it, as the last line of its traceback.
    """
    return ScriptRun(
        ending=facts.ending,
        seconds=facts.seconds,
        error=error,
        steps=facts.steps,
        backwards=facts.backwards,
        frameworks=facts.frameworks,
    )
