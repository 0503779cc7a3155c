"""For tests of the bus itself: records to publish, and members of groups that read them."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from shared.bus import Bus, Handover, Place, Received, Record, Subscription, Topic


def new_name(kind: str) -> str:
    """A topic or group that no other test has."""
    return f"{kind}.{secrets.token_hex(6)}.v1"


async def make_topic(bus: Bus, **changes: Any) -> str:
    """A fresh topic with 4 partitions, unless told otherwise."""
    topic = Topic(**{"name": new_name("test"), **changes})
    await bus.ensure_topics([topic])
    return topic.name


def make_record(topic: str, number: int = 0, **changes: Any) -> Record:
    """A record whose value is its number, with one of 20 keys."""
    return Record(**{"topic": topic, "key": f"key-{number % 20}", "value": b"%d" % number, **changes})


@dataclass(slots=True)
class Member:
    """A started member of a group, and what it was told about its places."""

    subscription: Subscription
    lost: list[frozenset[Place]] = field(default_factory=list)
    gained: list[frozenset[Place]] = field(default_factory=list)

    async def read(self, count: int, *, within_s: float = 30.0, max_records: int = 500) -> list[Received]:
        """Poll until `count` messages came, in the order they were given out. Fails after `within_s`."""
        messages: list[Received] = []
        async with asyncio.timeout(within_s):
            while len(messages) < count:
                batch = await self.subscription.poll(max_records=max_records, timeout_s=0.2)
                assert sum(map(len, batch.values())) <= max_records
                for place, part in batch.items():
                    assert {(each.topic, each.partition) for each in part} == {place}
                    messages += part
        return messages

    async def commit(self, messages: Sequence[Received]) -> None:
        """Commit past these messages."""
        await self.subscription.commit(positions_after(messages))


def positions_after(messages: Sequence[Received]) -> Mapping[Place, int]:
    """The next offset wanted at each place, once these messages are done."""
    return {(each.topic, each.partition): each.offset + 1 for each in messages}


@asynccontextmanager
async def running_member(bus: Bus, group: str, *topics: str, name: str = "a") -> AsyncIterator[Member]:
    """A member that has joined; stopped in the end."""

    async def lost(places: frozenset[Place]) -> None:
        member.lost.append(places)

    async def gained(places: frozenset[Place]) -> None:
        member.gained.append(places)

    subscription = bus.subscribe(group, topics, member=f"{group}-{name}", handover=Handover(lost=lost, gained=gained))
    member = Member(subscription)
    await subscription.start()
    try:
        yield member
    finally:
        await subscription.stop()
