"""Run checks on a record: every check ends in exactly one outcome, and a broken check stops nothing."""

from collections.abc import Iterable

from bringup.checks.check import Check
from bringup.errors import BringupError, NotApplicable
from bringup.findings import CheckResult, Finding, Outcome
from bringup.record import Record

ORDER = {"error": 0, "warning": 1, "note": 2}


def matches(check: Check | Finding, names: Iterable[str]) -> bool:
    """Whether one of the names (a code, the beginning of one, a check's name or a family) means this check, or a finding's."""
    return any(name in (check.name, check.family.value) or check.code.startswith(name.upper()) for name in names if name)


def run_checks(
    record: Record, checks: Iterable[Check], *, select: Iterable[str] = (), ignore: Iterable[str] = ()
) -> tuple[tuple[Finding, ...], tuple[CheckResult, ...]]:
    """Return the findings, gravest and surest first, and one outcome a check.

    Raises:
        BringupError: if a name in `select` or `ignore` means no check.
    """
    checks, select, ignore = tuple(checks), tuple(select), tuple(ignore)
    refuse_unknown((*select, *ignore), checks)
    findings: list[Finding] = []
    results: list[CheckResult] = []
    for check in checks:
        if (select and not matches(check, select)) or matches(check, ignore):
            results.append(CheckResult(code=check.code, name=check.name, outcome=Outcome.IGNORED))
            continue
        try:
            found = tuple(check.detect(record))
            results.append(CheckResult(code=check.code, name=check.name, outcome=Outcome.FOUND if found else Outcome.PASSED))
            findings.extend(found)
        except NotApplicable as reason:
            results.append(CheckResult(code=check.code, name=check.name, outcome=Outcome.NOT_APPLICABLE, reason=str(reason)))
        except Exception as error:  # noqa: BLE001 - a broken check hides nothing and stops nothing
            results.append(
                CheckResult(
                    code=check.code, name=check.name, outcome=Outcome.CRASHED, reason=f"{type(error).__name__}: {error}"
                )
            )
    return rank(findings), tuple(results)


def refuse_unknown(names: Iterable[str], checks: Iterable[Check]) -> None:
    """Raise `BringupError` for the first name that means no check."""
    checks = tuple(checks)
    for name in names:
        if not any(matches(check, [name]) for check in checks):
            raise BringupError(f"no check or family is called `{name}`", do="`bringup explain` lists them all")


def rank(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings: gravest first, then by confidence, then by code and place, so that the order never depends on chance."""
    return tuple(sorted(findings, key=lambda f: (ORDER[f.severity], -f.confidence, f.code, str(f.where or ""))))
