"""The document for programs."""

import json

import jsonschema
import pytest

from bringup.recipe.document import RunDocument
from bringup.report import json_schema, render_json


def refuse(token: str) -> float:
    pytest.fail(f"{token} is not JSON")


def test_it_is_strict_json_and_reads_back_the_same(sample):
    content = json.loads(render_json(sample.document), parse_constant=refuse)
    assert content["schema"] == 1
    assert content["verdict"]["status"] == sample.document.verdict.status
    read = RunDocument.model_validate({"schema_version": content.pop("schema"), **content})
    assert render_json(read) == render_json(sample.document)


def test_it_keeps_to_its_schema(sample):
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(render_json(sample.document)), schema, cls=jsonschema.Draft202012Validator)


def test_the_schema_refuses_what_is_not_a_run(adult):
    content = json.loads(render_json(adult.document))
    for broken in ({**content, "schema": 2}, {**content, "extra": 1}, {**content, "rows": "many"}, {"schema": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, json_schema(), cls=jsonschema.Draft202012Validator)


def test_infinities_are_named(adult):
    probe = json.loads(render_json(adult.document))["probes"][3]
    assert probe["after"] == "Infinity"
    assert probe["series"]["values"][-1] == "NaN"
