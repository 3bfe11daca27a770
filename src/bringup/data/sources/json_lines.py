"""JSON Lines and JSON arrays."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from bringup.data.sources.encoding import as_utf8
from bringup.data.sources.names import unique_names
from bringup.data.sources.nested import flat
from bringup.data.sources.source import Source
from bringup.data.sources.spool import Spool
from bringup.errors import BringupError

ARRAY_BYTES = 256 << 20  # a JSON array has to be read whole


def read_json_lines(path: Path) -> Source:
    """Read one JSON object a line. Types are kept where every line agrees on them; else the values become text.

    Raises:
        BringupError: For a line that is no JSON object, with its number.
    """
    text = as_utf8(path)
    with text.path.open(encoding="utf-8-sig", errors="replace") as file:
        filled = sum(1 for line in file if line.strip())
    try:
        lazy = pl.scan_ndjson(text.path, infer_schema_length=None)
        rows = lazy.select(pl.len()).collect(engine="streaming").item()
        lazy.select(pl.all().is_null().all()).collect(engine="streaming")  # every line has to be read once to be sure
        if rows == filled and lazy.collect_schema().names():
            return flat(lazy, rows, "jsonl", text.notes)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        pass  # the slow way either reads it or says which line is wrong
    return _as_text(_objects(text.path), path, "jsonl")


def read_json(path: Path) -> Source:
    """Read a JSON array of objects, or an object of columns (as pandas writes it).

    Raises:
        BringupError: For anything else, and for arrays larger than 256 MB.
    """
    text = as_utf8(path)
    if text.bytes > ARRAY_BYTES:
        raise BringupError(
            f"{path.name} is a JSON document of {text.bytes >> 20} MB", do="write it as JSON Lines, one object a line"
        )
    try:
        content = json.loads(text.path.read_text(encoding="utf-8-sig", errors="replace"))
    except (ValueError, RecursionError) as error:
        raise BringupError(f"{path.name} is damaged JSON", there=str(error), do="fetch or write it again") from error
    records = _records(content)
    if not records:
        raise BringupError(f"{path.name} is no table", do="write a list of objects, [{…}, {…}], or JSON Lines")
    try:
        lazy = pl.DataFrame(records, infer_schema_length=None, strict=True).lazy()
        return flat(lazy, len(records), "json", text.notes)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, TypeError, ValueError, OverflowError):
        return _as_text(iter(records), path, "json")


def _records(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, list) and all(isinstance(item, dict) for item in content):
        return content
    if isinstance(content, dict) and content:
        columns = {name: list(v.values()) if isinstance(v, dict) else v for name, v in content.items()}
        if (
            all(isinstance(column, list) for column in columns.values())
            and len({len(column) for column in columns.values()}) == 1
        ):
            return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        if not any(isinstance(value, dict | list) for value in content.values()):
            return [content]
    return []


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                item = json.loads(line)
            except (ValueError, RecursionError) as error:
                detail = str(error).split(":")[0]
                raise BringupError(
                    f"line {number:,} of {path.name} is no JSON", there=detail, do="mend or remove the line"
                ) from error
            if not isinstance(item, dict):
                raise BringupError(
                    f"line {number:,} of {path.name} is no JSON object", there=line.strip()[:40], do="write one object a line"
                )
            yield item


def _as_text(objects: Iterator[dict[str, Any]], path: Path, kind: str) -> Source:
    """Values of one column that disagree in type are kept as text, all of them."""
    items = [_flat_item(item) for item in objects]
    keys = list(dict.fromkeys(key for item in items for key in item))
    names, notes = unique_names(keys)
    if not names:
        raise BringupError(f"{path.name} has objects without fields", do="name a file with data")
    spool = Spool(names)
    for item in items:
        spool.add([_text(item.get(key)) for key in keys])
    return Source(
        spool.finish(),
        names,
        len(items),
        kind,
        typed=False,
        notes=("values of one column differ in type; all are read as text", *notes),
    )


def _flat_item(item: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in item.items():
        if isinstance(value, dict) and value:
            result.update(_flat_item(value, f"{prefix}{key}."))
        else:
            result[prefix + key] = value
    return result


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
