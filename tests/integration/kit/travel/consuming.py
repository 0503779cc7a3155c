"""Consumers under test: what they did, and what they put aside."""

from collections.abc import Awaitable, Callable
from typing import Any

from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncSession

from shared.bus import Bus
from shared.travel.consumer import Consumer
from tests.support.make.buses import new_name
from tests.support.make.facts import Counted, as_record
from tests.support.make.kit import applied, project, rows
from tests.support.servers import postgres as support
from tests.support.servers.services import wait_until

PARKED = 'SELECT key, reason, attempts FROM parked ORDER BY topic, partition, "offset"'
Act = Callable[[AsyncSession, Counted], Awaitable[None]]


def deciding(fact: type[Counted], act: Act, *, group: str = "") -> Consumer:
    """A consumer that first does what the test says, then writes the projection."""
    consumer = Consumer(group or new_name("group"))

    @consumer.on(fact)
    async def on_counted(session: AsyncSession, message: Counted) -> None:
        await act(session, message)
        await project(session, [message])

    return consumer


async def publish(bus: Bus, *messages: Counted) -> None:
    """Put these on the bus."""
    await bus.publish([as_record(message) for message in messages])


async def until_applied(tables: support.Database, count: int, *, timeout_s: float = 10) -> list[tuple[str, int]]:
    """The effects, as soon as there are so many."""

    async def enough() -> bool:
        return len(await applied(tables)) >= count

    await wait_until(enough, timeout_s=timeout_s, what=f"{count} effects")
    return await applied(tables)


async def until_parked(tables: support.Database, count: int) -> list[tuple[Any, ...]]:
    """What is put aside, as soon as it is so many."""

    async def enough() -> bool:
        return len(await rows(tables, PARKED)) >= count

    await wait_until(enough, what=f"{count} parked messages")
    return await rows(tables, PARKED)


def count(outcome: str, group: str) -> float:
    """How many messages had this outcome."""
    return REGISTRY.get_sample_value("samsyn_consumed_total", {"consumer": group, "outcome": outcome}) or 0.0
