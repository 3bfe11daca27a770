"""The document of a check for programs, and its schema."""

import json
from pathlib import Path

import jsonschema
import pytest

from bringup.diagnosis.diagnosis import Diagnosis
from bringup.report import json_schema, render_json

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


def refuse(token: str) -> float:
    pytest.fail(f"{token} is not JSON")


def test_it_is_strict_json_and_reads_back_the_same(checked):
    content = json.loads(render_json(checked), parse_constant=refuse)
    assert list(content) == ["schema", "script", "verdict", "findings", "checks", "probes", "timing"]
    assert list(content["verdict"]) == ["status", "cause", "family", "code", "summary"]
    assert list(content["timing"]) == ["script_s", "check_s"]
    assert render_json(Diagnosis.from_json(content)) == render_json(checked)


def test_it_keeps_to_its_schema(checked):
    schema = json_schema(Diagnosis)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(render_json(checked)), schema, cls=jsonschema.Draft202012Validator)


def test_the_schema_refuses_what_is_no_check(check_of):
    content = json.loads(render_json(check_of("all")))
    for broken in (
        {**content, "schema": 2},
        {**content, "extra": 1},
        {**content, "verdict": {"status": "fine"}},
        {"schema": 1},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, json_schema(Diagnosis), cls=jsonschema.Draft202012Validator)


def test_a_finding_says_what_the_design_asks_for(check_of):
    finding = json.loads(render_json(check_of("all")))["findings"][0]
    assert {"code", "name", "severity", "cause", "family", "confidence", "message", "where", "evidence", "fix"} <= set(finding)
    assert finding["where"] == {"file": "train.py", "line": 6, "column": None}
    assert set(finding["evidence"][0]) == {"name", "value", "unit", "limit", "step"}
    assert set(finding["confirmed_by"]) == {"probe", "question", "before", "after", "answer", "quantity"}


@pytest.mark.parametrize("name", ["run", "check"])
def test_the_published_schemas_are_up_to_date(name):
    from bringup.recipe.document import RunDocument

    made = json_schema({"run": RunDocument, "check": Diagnosis}[name])
    assert json.loads((SCHEMAS / f"{name}.schema.json").read_text()) == made, "run: python docs/generate_schemas.py"
