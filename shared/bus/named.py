"""One Kafka cluster for several installations: each has a name, and its topics and groups begin with it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from shared.bus.port import Bus, Handover, Lag, Place, Received, Record, Subscription, Topic


class SharedBus:
    """A bus on which every topic and group is known under a longer name; nobody on either side notices."""

    def __init__(self, bus: Bus, *, name: str) -> None:
        self._bus, self._prefix = bus, f"{name}."

    def _out(self, topic: str) -> str:
        return self._prefix + topic

    async def start(self) -> None:
        """As the bus behind."""
        await self._bus.start()

    async def ensure_topics(self, topics: Sequence[Topic]) -> None:
        """As the bus behind."""
        await self._bus.ensure_topics([replace(topic, name=self._out(topic.name)) for topic in topics])

    async def publish(self, records: Sequence[Record]) -> None:
        """As the bus behind."""
        await self._bus.publish([record._replace(topic=self._out(record.topic)) for record in records])

    def subscribe(self, group: str, topics: Sequence[str], *, member: str, handover: Handover) -> Subscription:
        """As the bus behind."""
        inner = self._bus.subscribe(
            self._out(group),
            [self._out(topic) for topic in topics],
            member=self._out(member),
            handover=Handover(
                lost=self._translated(handover.lost), gained=handover.gained and self._translated(handover.gained)
            ),
        )
        return _Member(inner, prefix=self._prefix)

    def _translated(
        self, tell: Callable[[frozenset[Place]], Awaitable[None]]
    ) -> Callable[[frozenset[Place]], Awaitable[None]]:
        async def told(places: frozenset[Place]) -> None:
            await tell(frozenset((topic.removeprefix(self._prefix), partition) for topic, partition in places))

        return told

    async def rewind(self, group: str, topics: Sequence[str]) -> None:
        """As the bus behind."""
        await self._bus.rewind(self._out(group), [self._out(topic) for topic in topics])

    async def tidy(self) -> int:
        """As the bus behind."""
        return await self._bus.tidy()

    async def ping(self) -> None:
        """As the bus behind."""
        await self._bus.ping()

    async def stop(self) -> None:
        """As the bus behind."""
        await self._bus.stop()


class _Member:
    def __init__(self, inner: Subscription, *, prefix: str) -> None:
        self._inner, self._prefix = inner, prefix

    def _in(self, place: Place) -> Place:
        return place[0].removeprefix(self._prefix), place[1]

    async def start(self) -> None:
        await self._inner.start()

    async def poll(self, *, max_records: int, timeout_s: float) -> Mapping[Place, Sequence[Received]]:
        found = await self._inner.poll(max_records=max_records, timeout_s=timeout_s)
        return {
            self._in(place): [replace(each, topic=place[0].removeprefix(self._prefix)) for each in batch]
            for place, batch in found.items()
        }

    async def commit(self, positions: Mapping[Place, int]) -> None:
        await self._inner.commit(
            {(self._prefix + topic, partition): offset for (topic, partition), offset in positions.items()}
        )

    async def lag(self) -> Mapping[Place, Lag]:
        return {self._in(place): lag for place, lag in (await self._inner.lag()).items()}

    async def stop(self) -> None:
        await self._inner.stop()
