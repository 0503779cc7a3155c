"""Messages that only tests send: each test has a topic of its own, so that none sees another's."""

from datetime import datetime
from typing import Any, ClassVar

from shared.bus import Received, Record, pairs_of
from shared.messages import BY_TYPE, Message
from shared.travel.envelope import Sealed, seal
from tests.support.make.buses import new_name


class Counted(Message):
    """An item was counted; `number` says which message of its item this is, from 1, as the sequence does."""

    keyed_by: ClassVar[str] = "item"

    item: str
    number: int
    note: str | None = None


def fact_on(topic: str, *, kind: str = "counted") -> type[Counted]:
    """The class of one kind of message on a topic, known to the envelope from now on; always the same for the same."""
    name = f"{topic}.{kind}"
    known: Any = BY_TYPE.get(name)
    if known is None:
        known = type("CountedHere", (Counted,), {"__module__": __name__, "topic": topic, "type": name})
        BY_TYPE[name] = known
    found: type[Counted] = known
    return found


def new_fact() -> type[Counted]:
    """The class of the messages on a topic that no other test has."""
    return fact_on(new_name("test"))


def make_fact(fact: type[Counted], item: str = "a", number: int = 1, **changes: Any) -> Counted:
    """A message of an item."""
    return fact(**{"item": item, "number": number, "sequence": number, **changes})


def as_record(message: Message) -> Record:
    """A message as it goes to the bus."""
    return record_of(seal(message, source="test"))


def record_of(sealed: Sealed, **changes: Any) -> Record:
    """What was sealed, as the relay would publish it."""
    headers = pairs_of(sealed.headers)
    return Record(**{"topic": sealed.topic, "key": sealed.key, "value": sealed.value, "headers": headers, **changes})


def received_of(sealed: Sealed, *, at: datetime) -> Received:
    """What was sealed, as it lies on the bus since then."""
    record = record_of(sealed)
    return Received(
        topic=record.topic,
        partition=0,
        offset=0,
        key=record.key,
        value=record.value,
        headers=pairs_of(record.headers),
        at=at,
    )
