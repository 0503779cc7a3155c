"""A first example of each message, for the golden files. Once written, a golden file is kept as it is for ever."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from deploy.contracts.messages import GOLDEN, name_of, schema_of
from shared.messages import MESSAGES, Message

_BY_FORMAT = {
    "uuid": "01939c3e-7a10-7c4e-9f00-2a6d3c5b7e91",
    "date": "2026-11-20",
    "date-time": "2026-11-20T15:30:00Z",
}


def missing_examples(root: Path, *, messages: Iterable[type[Message]] = MESSAGES) -> dict[Path, str]:
    """The golden files to add, by path from the root: for each type with a field that none of its files shows."""
    wanted = {}
    for message in messages:
        there = sorted((root / GOLDEN).glob(f"{name_of(message)}.*.json"))
        shown = {name for each in there for name in json.loads(each.read_text())}
        if set(message.model_fields) - shown:
            number = len(there) + 1
            wanted[GOLDEN / f"{name_of(message)}.{number}.json"] = _text(example(schema_of(message)))
    return wanted


def example(schema: dict[str, Any]) -> dict[str, Any]:
    """A message in which every field has a value."""
    return {name: _value(name, field, schema.get("$defs", {})) for name, field in schema["properties"].items()}


def _value(name: str, field: dict[str, Any], defs: dict[str, Any]) -> Any:
    if "$ref" in field:
        field = defs[field["$ref"].rpartition("/")[2]]
    if "anyOf" in field:
        return _value(name, field["anyOf"][0], defs)
    if "enum" in field or "const" in field:
        return field.get("const", field.get("enum", [None])[0])
    if field.get("format") in _BY_FORMAT:
        return _BY_FORMAT[field["format"]]
    match field.get("type"):
        case "integer" | "number":
            return max(1, field.get("minimum", 1))
        case "boolean":
            return True
        case "array":
            return [_value(name, field["items"], defs)]
        case "object":
            return example({**field, "$defs": defs}) if "properties" in field else {}
        case _:
            return name.replace("_", "-")


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
