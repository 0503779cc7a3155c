"""One of everything that is told, as whoever it is of and wherever it is; and what the access table gives of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from deploy.contracts.messages import GOLDEN, name_of
from shared.access import TABLE, Kind, Role, Sight, Thing, roles_within
from shared.access.table import SHOWN
from shared.bus import Received
from shared.messages import MESSAGES, Message
from shared.travel.envelope import Incoming, seal
from tests.support import ROOT

ROLES: tuple[Role, ...] = ("coordinator", "municipal_police", "member", "night_walker")
KIND_OF_ROLE: Mapping[Role, Kind] = {"coordinator": "municipality", "municipal_police": "police", "member": "housing",
                "night_walker": "night_walk"}  # fmt: skip
AT = datetime(2026, 11, 22, 12, 34, 56, 789_000, tzinfo=UTC)
WHOSE = ("own", "own_areas", "elsewhere")


@dataclass(frozen=True, slots=True)
class ToldOf:
    """A fact: for whose reader it stands where in the table, `organisation_id` being the one of "own"."""

    message: Message
    whose: str
    organisation_id: UUID | None

    def sight(self, role: Role, organisation_id: UUID) -> Sight:
        """What the table gives such a reader of it, whose one area is where "own" and "own_areas" lie."""
        thing: Thing = self.message.thing  # type: ignore[assignment]
        row = TABLE[thing][role]
        if self.whose == "there too" or (self.whose == "from elsewhere" and row.elsewhere not in SHOWN):
            return "nothing"
        made_in = getattr(self.message, self.message.made_in) if self.message.made_in else role
        if self.organisation_id == organisation_id and made_in in roles_within(role):
            return row.own
        # Another reader's own lies in this reader's area too, if it lies anywhere.
        nowhere = self.whose == "elsewhere" or not hasattr(self.message, "area_code")
        return row.elsewhere if nowhere else row.own_areas


def golden(message: type[Message]) -> dict[str, Any]:
    """An example of a message with all of its fields."""
    values: dict[str, Any] = {}
    for file in sorted((ROOT / GOLDEN).glob(f"{name_of(message)}.*.json")):
        values |= json.loads(file.read_text())
    return values


def everything(readers: list[UUID], *, here: str, there: str) -> Iterator[ToldOf]:
    """Of each message one of others `here`, one `there`, and one of each reader by each way of being theirs."""
    for message in MESSAGES:
        yield ToldOf(_made(message, area=here), "own_areas", None)
        yield ToldOf(_made(message, area=there), "elsewhere", None)
        for reader in readers:
            for name in message.whose:
                yield ToldOf(_made(message, area=here, **{name: reader}), "own", reader)
        if message.also_in:
            yield ToldOf(_made(message, area=here, **{message.also_in: there}), "from elsewhere", None)
        if message.unless_in:
            yield ToldOf(_made(message, area=here, **{message.unless_in: here}), "there too", None)


def _made(message: type[Message], *, area: str, **own: Any) -> Message:
    stayed = {message.also_in: None} if message.also_in else {}
    values = golden(message) | stayed | {name: uuid4() for name in message.whose} | own
    if "area_code" in message.model_fields:
        values["area_code"] = area
    if message.model_fields[message.keyed_by].annotation is int:
        values[message.keyed_by] = uuid4().int % 1_000_000 + 1
    elif message.keyed_by.endswith("_id"):
        values[message.keyed_by] = uuid4()
    else:
        values[message.keyed_by] = f"K{uuid4().hex[:8]}"
        values["path"] = [values[message.keyed_by]]
    return message.model_validate(values)


def arrived(message: Message) -> Incoming:
    """A message as the bus brings it, told at `AT`."""
    sealed = seal(message, source="test", now=AT)
    received = Received(
        topic=sealed.topic, partition=0, offset=0, key=sealed.key, value=sealed.value, headers=(), at=AT
    )  # fmt: skip
    return Incoming(
        message_id=UUID(str(sealed.message_id)),
        type=message.type,
        at=AT,
        received=received,
        message=message,
        traceparent=None,
    )
