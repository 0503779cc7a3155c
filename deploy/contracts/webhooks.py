"""What receivers of webhooks are sent, for the API's description: one body for each kind of message."""

import json
from typing import Any

from deploy.contracts.messages import golden, schema_of
from shared.access.telling import TOLD, coarse_facts
from shared.messages import Message

_TEST, _TEST_BODY = "subscription.test", "SubscriptionTestWebhook"
_WHEN = {
    "type": "string",
    "format": "date-time",
    "description": "When it was told; for who sees the thing coarsely, the day.",
}
_HEADERS = {
    "webhook-id": "The message's id, the same over all attempts: drop what you have seen.",
    "webhook-timestamp": "Seconds since 1970 at this attempt. Refuse what is older than five minutes.",
    "webhook-signature": "v1 (HMAC-SHA256) or v1a (Ed25519) over id, timestamp and body; two while a secret changes.",
}
_SAMPLES = {
    "webhook-id": "01936f5e-8d2a-7c3b-9a41-5f0c2d7e6b18",
    "webhook-timestamp": "1795771800",
    "webhook-signature": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
}
_ANSWERS = {
    "2XX": {"description": "Taken. Answer within 15 seconds and work on it afterwards."},
    "410": {"description": "Gone: the subscription is disabled, and nothing more is sent."},
    "default": {"description": "Anything else is tried again: ten attempts within some 75 hours."},
}


def webhooks() -> dict[str, Any]:
    """A document with `webhooks` and the schemas of their bodies, by type of message."""
    found: dict[str, Any] = {"webhooks": {}, "components": {"schemas": {}}}
    for message in TOLD:
        found["components"]["schemas"][_name(message)] = _body(message)
        found["webhooks"][message.type] = {"post": _operation(message)}
    test = _of_test()
    found["components"]["schemas"][_TEST_BODY] = test["schema"]
    content = {"schema": {"$ref": f"#/components/schemas/{_TEST_BODY}"}, "example": test["example"]}
    what = "A test, sent to the subscription that asked for it by POST /subscriptions/{id}/test."
    found["webhooks"][_TEST] = {"post": _told(_TEST, content, description=what)}
    return found


def _of_test() -> dict[str, Any]:
    """The body of a test, which is no fact of the bus: `POST /subscriptions/{id}/test` sends it."""
    told = {"subscription_id": _SAMPLES["webhook-id"], "challenge": "bW9yZSB0aGFuIGFueWJvZHkga25vd3M"}
    facts = {
        "type": "object",
        "properties": {
            "subscription_id": {"type": "string", "format": "uuid"},
            "challenge": {"type": "string", "description": "Who writes it into the answer proves that it is theirs."},
        },
        "required": ["subscription_id", "challenge"],
    }
    body = {
        "type": "object",
        "description": f"The body of `{_TEST}`.",
        "properties": {"type": {"const": _TEST}, "timestamp": _WHEN, "data": facts},
        "required": ["type", "timestamp", "data"],
    }
    return {"schema": body, "example": {"type": _TEST, "timestamp": "2026-11-22T08:15:00Z", "data": told}}


def _name(message: type[Message]) -> str:
    return f"{message.__name__}Webhook"


def _operation(message: type[Message]) -> dict[str, Any]:
    what = " ".join((message.__doc__ or "").split())
    content = {"schema": {"$ref": f"#/components/schemas/{_name(message)}"}, "example": _example(message)}
    to_whom = f"Sent to subscriptions that asked for `{message.type}`, as far as their role may know."
    return _told(message.type, content, description=f"{what} {to_whom}")


def _told(kind: str, content: dict[str, Any], *, description: str) -> dict[str, Any]:
    return {
        "operationId": f"told_{kind.replace('.', '_')}",
        "tags": ["webhooks"],
        "summary": kind,
        "description": description,
        "security": [],
        "parameters": [_header(name) for name in _HEADERS],
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": _ANSWERS,
    }


def _header(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": _HEADERS[name],
        "schema": {"type": "string"},
        "example": _SAMPLES[name],
    }


def _body(message: type[Message]) -> dict[str, Any]:
    data = schema_of(message)
    facts: dict[str, Any] = {
        "type": "object",
        "properties": data["properties"],
        # What is null is left out, and so is what its reader may not know.
        "required": sorted(name for name in data.get("required", []) if name in coarse_facts(message)),
    }
    return {
        "type": "object",
        "description": f"The body of `{message.type}`. What does not apply or is not yours to know is missing.",
        "properties": {"type": {"const": message.type}, "timestamp": _WHEN, "data": facts},
        "required": ["type", "timestamp", "data"],
    }


def _example(message: type[Message]) -> dict[str, Any]:
    known = {name: value for name, value in json.loads(golden(message)[0].read_text()).items() if value is not None}
    return {"type": message.type, "timestamp": "2026-11-22T08:15:00Z", "data": known}
