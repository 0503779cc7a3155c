"""A first example of each message, for the golden files. Once written, a golden file is kept as it is for ever."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zlib import crc32

from deploy.contracts.messages import GOLDEN, name_of, schema_of
from shared.messages import MESSAGES, Message

# A UUID of version 7 but for its end, which each field has of its own.
_ID = "01939c3e-7a10-7c4e-9f00-"
_BY_NAME = {"area_code": "0112", "category": "order", "subcategory": "noise", "cell": "E481750N7005250"}
_BY_FORMAT = {
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
    known = {"uuid": f"{_ID}{crc32(name.encode()):012x}", **_BY_FORMAT}.get(field.get("format", ""), _BY_NAME.get(name))
    if known is not None:
        return known
    plain = {"integer": max(1, field.get("minimum", 1)), "number": max(1, field.get("minimum", 1)), "boolean": True}
    if field.get("type") == "array":
        return [_value(name, field["items"], defs)]
    if field.get("type") == "object":
        return example({**field, "$defs": defs}) if "properties" in field else {}
    return plain.get(field.get("type", ""), name.replace("_", "-"))


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
