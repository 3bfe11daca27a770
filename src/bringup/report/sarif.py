"""SARIF 2.1.0, which code-scanning services read (OASIS, 2020)."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bringup import __version__
from bringup.checks import Check
from bringup.checks.explain import find, page
from bringup.diagnosis.diagnosis import Diagnosis
from bringup.findings import Finding, Severity
from bringup.report.numbers import limit, measured
from bringup.report.places import place
from bringup.report.words import clean

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
FINGERPRINT = "bringup/v1"


def render_sarif(document: Diagnosis) -> str:
    """Return the diagnosis as a SARIF log of one run; its rules are the checks that found something."""
    checks = [find(code) for code in dict.fromkeys(finding.code for finding in document.findings)]
    places = {check.code: number for number, check in enumerate(checks)}
    run = {
        "tool": {"driver": {"name": "bringup", "version": __version__, "rules": [rule(check) for check in checks]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": document.verdict.status in ("healthy", "faulty"),
                "exitCodeDescription": document.verdict.status,
                "toolExecutionNotifications": [{"level": "note", "message": {"text": clean(document.verdict.summary)}}],
            }
        ],
        "results": [result(document, finding, places[finding.code]) for finding in document.findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False, allow_nan=False)


def rule(check: Check) -> dict[str, Any]:
    """A check as a rule; its help is the page of `bringup explain`."""
    text = page(check)
    return {
        "id": check.code,
        "name": "".join(word.capitalize() for word in check.name.split("-")),
        "shortDescription": {"text": check.name.replace("-", " ")},
        "fullDescription": {"text": check.summary},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": LEVELS[check.severity]},
        "properties": {"tags": [check.family.cause.value, check.family.value], "precision": "high"},
    }


def result(document: Diagnosis, finding: Finding, index: int) -> dict[str, Any]:
    """A finding as a result."""
    file, line = place(document, finding)
    uri = Path(file).as_uri() if Path(file).is_absolute() else quote(file)
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": LEVELS[finding.severity],
        "message": {"text": message(finding)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}}}],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "rank": round(100 * finding.confidence, 1),
        "properties": {"cause": finding.cause.value, "family": finding.family.value, "confidence": finding.confidence},
    }


def message(finding: Finding) -> str:
    """What is said, measured and advised, in plain text."""
    held = {item: f" (limit {limit(item)})" if item.limit is not None else "" for item in finding.evidence}
    evidence = [f"{item.name}: {measured(item)}{against}" for item, against in held.items()]
    fix = [f"Fix: {finding.fix.title}"] if finding.fix else []
    return clean("\n".join([finding.message, *evidence, *fix]))
