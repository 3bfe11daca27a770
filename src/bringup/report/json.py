"""The documents for programs, `run.json` and that of a check, and the schemas that they keep to."""

import json
from typing import Any

from bringup.diagnosis.diagnosis import Diagnosis
from bringup.recipe.document import RunDocument

NOT_FINITE = ("NaN", "Infinity", "-Infinity")
TITLES = {RunDocument: "bringup run", Diagnosis: "bringup check"}


def render_json(document: RunDocument | Diagnosis) -> str:
    """Return the document as strictly valid JSON; NaN and the infinities, which JSON lacks, are the strings of `NOT_FINITE`."""
    return json.dumps(document.to_json(), indent=1, ensure_ascii=False, allow_nan=False)


def json_schema(kind: type[RunDocument] | type[Diagnosis] = RunDocument) -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of what `render_json` writes."""
    schema = _numbers(kind.model_json_schema(mode="serialization"))
    schema["properties"] = {"schema": schema["properties"].pop("schema_version"), **schema["properties"]}
    schema["required"] = sorted({"schema", *schema["required"]} - {"schema_version"})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": TITLES[kind]}


def _numbers(schema: Any) -> Any:
    """Let each number also be one of the names of the non-finite ones."""
    if isinstance(schema, list):
        return [_numbers(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "number":
        rest = {key: value for key, value in schema.items() if key != "type"}
        return {"anyOf": [{"type": "number"}, {"enum": list(NOT_FINITE)}], **_numbers(rest)}
    return {key: _numbers(part) for key, part in schema.items()}
