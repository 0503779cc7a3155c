"""The messages as contracts: a JSON Schema for each type, one AsyncAPI 3.0 document over all, and a page to read."""

import json
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from services.gateway.proxy import catalogue
from shared.messages import COMPACTED, MESSAGES, TOPICS, Message

FOLDER = Path("docs/messages")
GOLDEN = Path("tests/contract/messages/golden")
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_HEADERS = {
    "ce_specversion": "Always 1.0.",
    "ce_id": "The message's id, a UUID. The same id again is the same message again: drop it.",
    "ce_source": "/samsyn/<service>: who tells it.",
    "ce_type": "The message's type.",
    "ce_time": "When it was told, UTC.",
    "ce_subject": "The aggregate's id; the key of the record holds the same.",
    "ce_sequence": "The aggregate's version, as in the data: the higher is newer.",
    "content-type": "Always application/json.",
    "traceparent": "The trace it belongs to (W3C Trace Context); may be missing.",
}
_SERVER = {
    "host": "{brokers}",
    "protocol": "kafka",
    "description": "An installation's own cluster. On one machine a log in PostgreSQL stands in its place.",
    "variables": {"brokers": {"default": "localhost:9092", "description": "As KAFKA_BOOTSTRAP_SERVERS has it."}},
}


def version_of(message: type[Message]) -> str:
    """The major version of a message, which is its topic's: `v1`."""
    return message.topic.rpartition(".")[2]


def name_of(message: type[Message]) -> str:
    """A message's name as a contract: `report.submitted.v1`."""
    return f"{message.type}.{version_of(message)}"


def schema_of(message: type[Message]) -> dict[str, Any]:
    """The JSON Schema of a message's data. A field with a default may be missing; fields not listed are ignored."""
    body = message.model_json_schema()
    head = {"$schema": _DRAFT, "$id": f"urn:samsyn:message:{name_of(message)}"}
    return {**head, **body, "x-topic": message.topic, "x-key": message.keyed_by}


def message_schemas(messages: Iterable[type[Message]] = MESSAGES) -> dict[Path, str]:
    """One file per type and version, by path from the root of the repository."""
    return {FOLDER / "schemas" / f"{name_of(each)}.json": _text(schema_of(each)) for each in messages}


def asyncapi() -> dict[Path, str]:
    """The AsyncAPI document: the topics as channels, who sends on each, and what a message looks like."""
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Samsyn",
            "version": "1",
            "description": "The facts that Samsyn's services tell on the bus. They carry references and coarse facts, "
            "never free text. Delivery is at least once, in order per key.",
            "contact": catalogue.INFO["contact"],
            "license": {"name": catalogue.INFO["license"]["name"], "url": "https://eupl.eu/1.2/en/"},
        },
        "servers": {"cluster": _SERVER},
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic) for topic in TOPICS},
        "operations": {f"{topic}.send": _operation(topic) for topic in TOPICS},
        "components": {
            "messages": {name_of(each): _message(each) for each in MESSAGES},
            "schemas": {"headers": _headers()},
        },
    }
    return {FOLDER / "asyncapi.json": _text(document)}


def _channel(topic: str) -> dict[str, Any]:
    names = [name_of(each) for each in MESSAGES if each.topic == topic]
    cleanup = ["compact"] if topic in COMPACTED else ["delete"]
    return {
        "address": topic,
        "description": f"What the service {topic.partition('.')[0]} tells of its {topic.split('.')[1]}s.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"kafka": {"topicConfiguration": {"cleanup.policy": cleanup}, "bindingVersion": "0.5.0"}},
    }


def _operation(topic: str) -> dict[str, Any]:
    service = topic.partition(".")[0]
    channel = f"#/channels/{topic}"
    names = [name_of(each) for each in MESSAGES if each.topic == topic]
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "summary": f"Told by the service {service}.",
        "description": f"Each in the transaction of what it tells, and sent from there: {', '.join(names)}.",
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in names],
    }


def _message(message: type[Message]) -> dict[str, Any]:
    key = {"type": "string", "description": f"The {message.keyed_by} of the data."}
    return {
        "name": message.type,
        "title": message.__name__,
        "summary": _summary(message),
        "contentType": "application/json",
        "headers": {"$ref": "#/components/schemas/headers"},
        "payload": {
            "schemaFormat": f"application/schema+json;version={_DRAFT.split('/')[-2]}",
            "schema": {"$ref": f"schemas/{name_of(message)}.json"},
        },
        "bindings": {"kafka": {"key": key, "bindingVersion": "0.5.0"}},
        "examples": [{"name": each.stem, "payload": json.loads(each.read_text())} for each in golden(message)],
    }


def golden(message: type[Message]) -> list[Path]:
    """The files that show what a message looked like in each release, the first one first."""
    return sorted((Path(__file__).parents[2] / GOLDEN).glob(f"{name_of(message)}.*json"))


def _headers() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "CloudEvents 1.0 in binary mode (Kafka protocol binding 1.0.2).",
        "properties": {name: {"type": "string", "description": text} for name, text in _HEADERS.items()},
        "required": [name for name in _HEADERS if name != "traceparent"],
    }


def readable() -> dict[Path, str]:
    """The page that says in words what travels."""
    lines = [
        "# Messages",
        "",
        "Generated by `make contracts` from `shared/messages/`. Each message is a fact in the past tense; it carries",
        "references and coarse facts, never free text. `asyncapi.json` holds the same for machines, and `schemas/` one",
        "JSON Schema per type and version. A message may come more than once (drop an id you have seen); messages of",
        "one key come in order. Ignore fields you do not know: newer producers add some.",
        "",
        "A field is added with a default. A field is never removed, renamed, narrowed or made required:",
        "`make contracts` refuses it. That is a new type or a new topic version, told beside the old one for a while.",
    ]
    for topic, of_topic in groupby(sorted(MESSAGES, key=lambda each: each.topic), key=lambda each: each.topic):
        kept = "; compacted: the last message of each key is kept" if topic in COMPACTED else ""
        lines += ["", f"## {topic}", "", f"Told by {topic.partition('.')[0]}{kept}."]
        for message in of_topic:
            lines += [
                "",
                f"### {message.type}",
                "",
                f"{_summary(message)} Key: `{message.keyed_by}`.",
                "",
                *_table(message),
            ]
    return {FOLDER / "README.md": "\n".join(lines) + "\n"}


def _table(message: type[Message]) -> list[str]:
    schema = schema_of(message)
    required = set(schema.get("required", ()))
    rows = []
    for name, field in schema["properties"].items():
        missing = "" if name in required else "may be missing"
        rows.append(f"| `{name}` | {_kind(field)} | {missing} | {field.get('description', '')} |")
    return ["| field | type | | |", "|---|---|---|---|", *rows]


def _kind(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_kind(each) for each in field["anyOf"] if each.get("type") != "null")
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    kind = str(field.get("format") or field.get("type", "any"))
    if kind == "array":
        return f"list of {_kind(field['items'])}"
    low, high = field.get("minimum"), field.get("maximum")
    bounds = f" {low} to {high}" if None not in (low, high) else f" from {low}" if low is not None else ""
    return kind + bounds


def _summary(message: type[Message]) -> str:
    return " ".join((message.__doc__ or "").split())


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
