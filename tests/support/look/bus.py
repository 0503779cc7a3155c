"""A look at what travels on the bus, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import orjson

from shared.bus import Bus, Handover, Received, Record, Subscription, Topic, nothing_lost
from shared.messages import COMPACTED, TOPICS, Message
from shared.travel.envelope import Incoming, seal, unseal
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import wait_until


@dataclass
class BusProbe:
    """Reads topics from their beginning, as a group of its own, and remembers everything."""

    bus: Bus
    topics: list[str]
    seen: list[Received] = field(default_factory=list)
    _subscription: Subscription | None = None

    async def start(self) -> "BusProbe":
        """Begin to read."""
        group = f"probe-{uuid4().hex[:8]}"
        handover = Handover(lost=nothing_lost)
        self._subscription = self.bus.subscribe(group, self.topics, member=group, handover=handover)
        await self._subscription.start()
        return self

    async def stop(self) -> None:
        """Stop reading."""
        if self._subscription is not None:
            await self._subscription.stop()

    async def pull(self) -> list[Received]:
        """Read what has come since; returns everything seen."""
        assert self._subscription is not None
        while batches := await self._subscription.poll(max_records=1000, timeout_s=0.05):
            for batch in batches.values():
                self.seen.extend(batch)
        return self.seen

    async def next(self, topic: str, *, key: str, timeout_s: float = 10) -> Incoming:
        """The newest message of a key on a topic, as soon as there is one."""

        async def found() -> list[Received]:
            return [each for each in await self.pull() if each.topic == topic and each.key == key]

        hits = await wait_until(found, timeout_s=timeout_s, what=f"a message on {topic}")
        return unseal(hits[-1])

    async def story(self, topic: str, *, key: str, length: int, timeout_s: float = 10) -> list[Incoming]:
        """All messages of a key on a topic in the order they came, as soon as there are so many."""

        async def found() -> list[Received]:
            hits = [each for each in await self.pull() if each.topic == topic and each.key == key]
            return hits if len(hits) >= length else []

        hits = await wait_until(found, timeout_s=timeout_s, what=f"{length} messages of one key on {topic}")
        return [unseal(each) for each in hits]


def topics_of(service: str) -> list[str]:
    """All topics that a service tells."""
    return [topic for topic in TOPICS if topic.startswith(f"{service}.")]


@asynccontextmanager
async def listening(bus: Bus, *topics: str, teller: Database) -> AsyncIterator[BusProbe]:
    """A probe that sees only what comes from now on: what the teller had still to tell is passed over too."""
    async with connected(teller.admin_url) as admin:

        async def all_told() -> bool:
            return not await admin.fetchval("SELECT EXISTS (SELECT FROM outbox)")

        await wait_until(all_told, timeout_s=60, what="the outbox to be empty")
    probe = await BusProbe(bus, list(topics)).start()
    try:
        await probe.pull()
        probe.seen.clear()
        yield probe
    finally:
        await probe.stop()


async def tell(bus: Bus, *messages: Message) -> None:
    """Publish messages as if the service that owns their topic had told them."""
    names = {message.topic for message in messages}
    await bus.ensure_topics([Topic(name=name, compacted=name in COMPACTED) for name in names])
    sealed = [seal(message, source=message.topic.partition(".")[0]) for message in messages]
    await bus.publish(
        [
            Record(
                topic=each.topic,
                key=each.key,
                value=each.value,
                headers=tuple((name, value.encode()) for name, value in orjson.loads(each.headers).items()),
            )
            for each in sealed
        ]
    )
