"""How a message travels: CloudEvents 1.0 in binary mode, headers by hand because the hot path passes here.

Source: CloudEvents Kafka protocol binding 1.0.2 (`ce_` headers, the value is the data, the key is the partition key).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import repeat
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from shared import moments
from shared.bus import Received
from shared.ids import uuid7_texts, uuid7s
from shared.messages import BY_TYPE, Message
from shared.telemetry import current_traceparent


class Sealed(NamedTuple):
    """A message made ready to travel: a row of the outbox. `headers` is JSON text of header name to value.

    message_id: as a UUID, or as its text where it goes by COPY.
    """

    topic: str
    key: str
    message_id: UUID | str
    headers: str
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message that arrived. `at` is when its producer told it (UTC); `message` is None for a type not known here."""

    message_id: UUID
    type: str
    at: datetime
    received: Received
    message: Message | None
    traceparent: str | None


class Unreadable(Exception):
    """What lies on the bus is no message of ours: headers missing, or data that its schema refuses."""


def seal(message: Message, *, source: str, now: datetime | None = None) -> Sealed:
    """Give a message its id, its time and its headers. `source` is the service that tells it."""
    return seal_many([message], source=source, now=now)[0]


def seal_many(messages: Iterable[Message], *, source: str, now: datetime | None = None) -> list[Sealed]:
    """What `seal` gives for each of many, all told at one moment; half the work for each (measured)."""
    told_at, trace = moments.written(now or datetime.now(UTC)), current_traceparent()
    traced = {"traceparent": trace} if trace else {}
    sealed, messages = [], list(messages)
    for message, message_id in zip(messages, uuid7s(len(messages)), strict=True):
        key = message.key
        headers = {
            "ce_specversion": "1.0",
            "ce_id": message_id,
            "ce_source": f"/samsyn/{source}",
            "ce_type": message.type,
            "ce_time": told_at,
            "ce_subject": key,
            "ce_sequence": str(message.sequence),
            "content-type": "application/json",
            **traced,
        }
        sealed.append(
            Sealed(
                topic=message.topic,
                key=key,
                message_id=message_id,
                headers=orjson.dumps(headers).decode(),
                # What model_dump_json does, less a detour over text.
                value=message.__pydantic_serializer__.to_json(message, exclude_none=True),
            )
        )
    return sealed


def seal_rows(
    kind: type[Message], columns: Mapping[str, Sequence[Any]], *, source: str, now: datetime | None = None
) -> list[Sealed]:
    """What `seal_many` gives for messages of one kind whose fields stand in columns.

    Makes no object of each and checks nothing, which takes a third of the time: for what this process worked out.
    Fields are texts, whole numbers, truth values, days and UUIDs, for which both write the same bytes. A field with a
    usual value needs no column.
    """
    keys = [str(key) for key in columns[kind.keyed_by]]
    usual = {name: [each.default] * len(keys) for name, each in kind.model_fields.items() if not each.is_required()}
    trace = current_traceparent()
    told = {
        "ce_specversion": "1.0",
        "ce_source": f"/samsyn/{source}",
        "ce_type": kind.type,
        "ce_time": moments.written(now or datetime.now(UTC)),
        "content-type": "application/json",
        **({"traceparent": trace} if trace else {}),
    }
    common, topic = orjson.dumps(told).decode().removesuffix("}"), kind.topic
    columns = {**usual, **columns}
    values = _objects({name: columns[name] for name in kind.model_fields})
    sealed = []
    ids = uuid7_texts(len(keys))
    for message_id, key, sequence, value in zip(ids, keys, columns["sequence"], values, strict=True):
        subject = orjson.dumps(key).decode()
        own = f'"ce_id":"{message_id}","ce_subject":{subject},"ce_sequence":"{sequence}"}}'
        sealed.append(Sealed(topic, key, message_id, f"{common},{own}", value))
    return sealed


def _objects(columns: Mapping[str, Sequence[Any]]) -> Iterator[bytes]:
    """The rows of these columns as JSON objects, without what is None; each different fact is written once."""
    for members in zip(*(_members(name, facts) for name, facts in columns.items()), strict=True):
        yield f"{{{''.join(members)[1:]}}}".encode()


def _members(name: str, facts: Sequence[Any]) -> Iterable[str]:
    # UUIDs as asyncpg gives them are texts to orjson.
    different = set(facts)
    known = {fact: f',"{name}":{orjson.dumps(fact, default=str).decode()}' for fact in different}
    known[None] = ""
    if len(different) == 1:
        return repeat(known[facts[0]], len(facts))
    return map(known.__getitem__, facts)


def unseal(received: Received) -> Incoming:
    """Read what arrived. Raises Unreadable, without repeating any of the data."""
    headers = dict(received.headers)
    try:
        kind = headers["ce_type"].decode()
        known = BY_TYPE.get(kind)
        return Incoming(
            message_id=UUID(headers["ce_id"].decode()),
            type=kind,
            at=datetime.fromisoformat(headers["ce_time"].decode()),
            received=received,
            message=known.model_validate_json(received.value) if known else None,
            traceparent=headers["traceparent"].decode() if "traceparent" in headers else None,
        )
    except KeyError as missing:
        raise Unreadable(f"header {missing} is missing") from None
    except ValueError as wrong:
        raise Unreadable(f"{type(wrong).__name__} in a message on {received.topic}") from None
