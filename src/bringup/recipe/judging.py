"""Run the checks on the record as it stands, and keep what probes have found out since."""

from bringup.checks import CHECKS, run_checks
from bringup.recipe.context import Context


def judge(context: Context) -> None:
    """Run all checks again: the record knows more after every step. The answers of probes stay with their findings."""
    confirmed = {f.fingerprint: f.confirmed_by for f in context.findings if f.confirmed_by}
    findings, context.checks = run_checks(context.record, CHECKS, select=context.plan.select, ignore=context.plan.ignore)
    context.findings = tuple(f.model_copy(update={"confirmed_by": confirmed.get(f.fingerprint)}) for f in findings)
