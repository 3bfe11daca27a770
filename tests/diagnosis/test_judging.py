"""Which finding comes first, and which verdict follows."""

from typing import Any

import pytest

from bringup.capture.process.script import ScriptRun
from bringup.diagnosis.judging import judged, ranked
from bringup.findings import Cause, CheckResult, Family, Finding, Outcome, Severity, Where

CHECKS = (CheckResult(code="LOS101", outcome=Outcome.PASSED), CheckResult(code="LEK101", outcome=Outcome.NOT_APPLICABLE))


def finding(code: str, severity: str = "error", confidence: float = 1.0, line: int = 1, **changes: Any) -> Finding:
    family = next(family for family in Family if code.startswith(family.prefix))
    given: dict[str, Any] = {
        "code": code,
        "name": "name",
        "severity": Severity(severity),
        "cause": family.cause,
        "family": family,
        "confidence": confidence,
        "message": "It is wrong",
        "where": Where(file="train.py", line=line),
    }
    return Finding(**(given | changes))


def run(**changes: Any) -> ScriptRun:
    given: dict[str, Any] = {
        "ending": "finished",
        "seconds": 4.2,
        "exit_code": 0,
        "steps": 100,
        "backwards": 100,
        "frameworks": ("torch",),
    }
    return ScriptRun(**(given | changes))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (finding("LAB101", "warning", 0.5), finding("LOS101", "note", 1.0)),  # notes come last
        (finding("LOS101", "error", 0.9), finding("LOS102", "warning", 0.9)),  # the graver
        (finding("LOS101", "error", 0.9), finding("NUM101", "error", 0.8)),  # the surer
        (finding("UPD101", "error", 0.85), finding("LAB101", "error", 0.95)),  # near: the implementation
        (finding("LAB101", "error", 0.95), finding("UPD101", "error", 0.6)),  # not near
        (finding("UPD101", "warning", 0.95), finding("LAB101", "error", 0.8)),  # near in both
        (finding("LAB101", "error", 0.95), finding("UPD101", "warning", 0.9)),
        (finding("LRN101", "error", 0.9), finding("CAP101", "error", 0.9)),
        (finding("CAP101", "error", 0.9), finding("LAB101", "error", 0.9)),
        (finding("LAB101", cause=Cause.IMPLEMENTATION), finding("FEA101")),  # the cause of the finding, not of its family
        (finding("LOS101"), finding("LOS102")),  # equals by code, then by place, lines as numbers
        (finding("LOS101", line=9), finding("LOS101", line=10)),
    ],
)
def test_order(first, second):
    assert ranked([first, second]) == ranked([second, first]) == (first, second)


def test_why_it_crashed_comes_first():
    crash, other = finding("CRS101", "error", 0.5), finding("LOS101", "error", 1.0)
    assert ranked([other, crash], crashed=True) == (crash, other)
    assert ranked([other, crash]) == (other, crash)


STATUS = [
    ({}, [], "healthy"),
    ({}, ["note"], "healthy"),
    ({}, ["warning"], "faulty"),
    ({"ending": "exited", "exit_code": 3}, [], "healthy"),
    ({"ending": "stopped", "stopped_by": "limit", "exit_code": None}, [], "healthy"),
    ({"ending": "stopped", "stopped_by": "person"}, ["error"], "faulty"),
    ({"ending": "raised", "exit_code": 1, "error": "ValueError: no"}, [], "crashed"),
    ({"ending": "raised", "exit_code": 1, "error": "ValueError: no"}, ["error"], "crashed"),
    ({"ending": "killed", "exit_code": None, "signal": "SIGKILL"}, [], "crashed"),
    ({"steps": 0, "backwards": 0}, [], "not-observed"),
    ({"steps": 0, "backwards": 0}, ["warning"], "not-observed"),
    ({"steps": 0, "backwards": 0, "ending": "raised", "error": "KeyError: 1"}, [], "not-observed"),
    ({"steps": 0, "backwards": 0, "ending": "raised", "error": "KeyError: 1"}, ["note"], "not-observed"),
    ({"steps": 0, "backwards": 0, "ending": "raised", "error": "KeyError: 1"}, ["error"], "crashed"),
    ({"steps": 9, "backwards": 0}, ["error"], "faulty"),
    ({"steps": 0, "backwards": 0, "ending": "stopped", "stopped_by": "limit"}, [], "not-observed"),
]


@pytest.mark.parametrize(("how", "severities", "status"), STATUS)
def test_status(how, severities, status):
    findings = [finding("LOS101", severity) for severity in severities]
    verdict = judged("src/train.py", run(**how), findings, CHECKS)
    assert verdict.status == status
    assert (verdict.code is not None) == (status in ("faulty", "crashed") and any(f.severity.loud for f in findings))
    assert len(verdict.summary.splitlines()) == 1
    assert verdict.summary.endswith(".")


def test_the_verdict_is_that_of_the_first_finding():
    verdict = judged("train.py", run(), [finding("UPD101"), finding("LAB101"), finding("ORD101", "note")], CHECKS)
    assert (verdict.code, verdict.family, verdict.cause) == ("UPD101", Family.UPDATE, Cause.IMPLEMENTATION)
    assert "1 more finding" in verdict.summary


def test_the_sentence_says_how_it_ended():
    assert "ValueError: no" in judged("train.py", run(ending="raised", error="ValueError: no"), [], CHECKS).summary
    assert "SIGSEGV" in judged("train.py", run(ending="killed", signal="SIGSEGV", steps=0, backwards=0), [], CHECKS).summary
    stopped = judged("train.py", run(ending="stopped", stopped_by="limit", seconds=30.2), [finding("LOS101")], CHECKS).summary
    assert "after 30 s and 100 steps" in stopped
    assert "torch" in judged("train.py", run(steps=0, backwards=0, frameworks=()), [], CHECKS).summary
