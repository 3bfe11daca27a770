"""SARIF: the parts that the standard requires, and those that services rely on."""

import json
from pathlib import Path

import jsonschema
import pytest

from bringup.report import render_sarif

TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
# The parts of the schema of SARIF 2.1.0 that apply to what is written here.
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "additionalProperties": False,
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "invocations": {"type": "array", "items": {"type": "object", "required": ["executionSuccessful"]}},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "properties": {
                                                "shortDescription": TEXT,
                                                "fullDescription": TEXT,
                                                "help": TEXT,
                                                "defaultConfiguration": {"properties": {"level": LEVEL}},
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "locations", "partialFingerprints"],
                            "properties": {
                                "level": LEVEL,
                                "message": TEXT,
                                "rank": {"type": "number", "minimum": -1, "maximum": 100},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "partialFingerprints": {"additionalProperties": {"type": "string"}},
                                "locations": {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": {
                                        "properties": {
                                            "physicalLocation": {
                                                "required": ["artifactLocation", "region"],
                                                "properties": {
                                                    "artifactLocation": {
                                                        "properties": {"uri": {"type": "string", "pattern": "^[!-~]+$"}}
                                                    },
                                                    "region": {"properties": {"startLine": {"type": "integer", "minimum": 1}}},
                                                },
                                            }
                                        }
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def test_it_keeps_to_the_standard(checked):
    log = json.loads(render_sarif(checked))
    jsonschema.validate(log, SARIF, cls=jsonschema.Draft202012Validator)
    [run] = log["runs"]
    assert len(run["results"]) == len(checked.findings)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_findings_are_results_and_checks_are_rules(check_of, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path.parent)
    document = check_of("all")
    [run] = json.loads(render_sarif(document))["runs"]
    first, second, third = run["results"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    assert first["partialFingerprints"] == {"bringup/v1": document.findings[0].fingerprint}
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == f"{tmp_path.name}/train.py"
    assert place["region"]["startLine"] == 6
    assert second["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
    assert third["ruleId"] == "ORD102"
    assert "## Why it is bad" in run["tool"]["driver"]["rules"][0]["help"]["markdown"]


@pytest.mark.parametrize(
    ("name", "successful"), [("healthy", True), ("all", True), ("crashed", False), ("not-observed", False)]
)
def test_it_says_whether_the_script_could_be_judged(check_of, name, successful):
    [run] = json.loads(render_sarif(check_of(name)))["runs"]
    assert run["invocations"][0]["executionSuccessful"] is successful


def test_a_file_outside_is_named_in_full(check_of, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    [run] = json.loads(render_sarif(check_of("all")))["runs"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == Path(tmp_path / "train.py").as_uri()
