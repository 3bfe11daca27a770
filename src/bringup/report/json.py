"""The document for programs: `run.json`, and the schema that it keeps to."""

import json
import math
from typing import Any

from bringup.recipe.document import RunDocument

NOT_FINITE = ("NaN", "Infinity", "-Infinity")


def render_json(document: RunDocument) -> str:
    """Return the document as strictly valid JSON; NaN and the infinities, which JSON lacks, are the strings of `NOT_FINITE`."""
    return json.dumps(_finite(document.to_json()), indent=1, ensure_ascii=False, allow_nan=False)


def json_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of what `render_json` writes."""
    schema = _numbers(RunDocument.model_json_schema(mode="serialization"))
    schema["properties"] = {"schema": schema["properties"].pop("schema_version"), **schema["properties"]}
    schema["required"] = sorted({"schema", *schema["required"]} - {"schema_version"})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "bringup run"}


def _finite(value: Any) -> Any:
    """Replace the floats that JSON cannot say by their names."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, dict):
        return {str(key): _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return value


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
