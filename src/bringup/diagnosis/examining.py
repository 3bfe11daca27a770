"""From the record of a training, and the means to run it again, to findings that were put to the test."""

from collections.abc import Sequence
from dataclasses import dataclass

from bringup.checks import Check
from bringup.checks.runner import run_checks
from bringup.diagnosis.confirming import Limits, put_to_the_test
from bringup.diagnosis.judging import ranked
from bringup.diagnosis.one_batch_of_script import one_batch_of
from bringup.diagnosis.settings import Settings
from bringup.findings import CheckResult, Finding
from bringup.probes import ProbeResult
from bringup.probes.simple_baseline import simple_baseline
from bringup.probes.trial.trials import Again
from bringup.record import Record


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What checks and probes say of a training."""

    findings: tuple[Finding, ...]
    checks: tuple[CheckResult, ...]
    probes: tuple[ProbeResult, ...] = ()


def checked(record: Record, checks: Sequence[Check], settings: Settings) -> Examined:
    """Run the checks; rank what they find."""
    findings, results = run_checks(record, checks, select=settings.select, ignore=settings.ignore)
    return Examined(findings=ranked(findings, crashed=crashed(record)), checks=results)


def tested(before: Examined, record: Record, trials: Again, limits: Limits, *, patient: bool) -> Examined:
    """Put findings to the test, the training to one batch, and the model beside simple ones; rank again by what came out.

    Where nothing is found, and one batch is not learned either, what its shape makes suspect is tried as well.

    Args:
        patient: Suspect nothing while the loss on the batch still falls: it was we who ended the training.
    """
    confirmed = put_to_the_test(before.findings, record, trials, limits)
    findings = ranked(confirmed.findings, crashed=crashed(record))
    healthy = not any(finding.severity.loud for finding in findings)
    alone = () if crashed(record) else one_batch_of(record, trials, limits, suspects=healthy and not patient)
    if patient and healthy and alone and alone[0].answer == "no":
        alone = one_batch_of(record, trials, limits, suspects=True)  # the first trial is not run again
    beside = simple_baseline(record)
    compared = () if beside is None else (beside,)
    return Examined(findings=findings, checks=before.checks, probes=(*alone, *compared, *confirmed.probes))


def crashed(record: Record) -> bool:
    """Whether the training was ended by an exception or a signal."""
    return record.need("program").ending in ("raised", "killed")
