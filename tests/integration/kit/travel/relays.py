"""Relays under test: what they have left, and what they brought."""

from collections.abc import Sequence
from typing import Any

from prometheus_client import REGISTRY

from shared.bus import Bus, BusUnavailable, Record
from shared.database import Database
from shared.travel.outbox import announce_many
from tests.support.look.bus import BusProbe
from tests.support.look.order import told
from tests.support.make.facts import Counted
from tests.support.make.kit import rows
from tests.support.servers import postgres as support
from tests.support.servers.services import wait_until

LEFT = "SELECT key, headers::json ->> 'ce_sequence' FROM outbox ORDER BY id"
DEAD = "SELECT key, headers::json ->> 'ce_sequence', reason FROM outbox_dead ORDER BY id"


async def tell(database: Database, *messages: Counted) -> None:
    """Announce these in one transaction."""
    async with database.sessions() as session, session.begin():
        await announce_many(session, messages)


async def until_sent(tables: support.Database, *, timeout_s: float = 10) -> None:
    """Wait until the outbox is empty."""

    async def empty() -> bool:
        return not await rows(tables, LEFT)

    await wait_until(empty, timeout_s=timeout_s, what="the outbox to be empty")


async def on_bus(bus: Bus, fact: type[Counted], count: int) -> list[tuple[str, int]]:
    """What stands on the fact's topic, which are so many messages."""
    probe = await BusProbe(bus, [fact.topic]).start()

    async def there() -> bool:
        return len(await probe.pull()) >= count

    await wait_until(there, what=f"{count} messages")
    await probe.stop()
    return told(probe.seen)


def metric(name: str) -> float:
    """What a metric without labels stands at."""
    return REGISTRY.get_sample_value(name) or 0.0


class Watched:
    """The real bus, with a note of each batch on its way in, and a door that can be shut."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.batches: list[int] = []
        self.shut = False

    async def publish(self, records: Sequence[Record]) -> None:
        if self.shut:
            raise BusUnavailable("shut")
        self.batches.append(len(records))
        await self._bus.publish(records)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bus, name)
