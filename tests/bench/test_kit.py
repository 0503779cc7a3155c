"""The kit's hot paths: the relay from rows to the bus' ack and delete, the consumer with inbox and one projection."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import ClassVar
from uuid import UUID

import asyncpg
import pytest
from prometheus_client import REGISTRY

from shared.bus import Bus, Topic
from shared.bus.opening import open_bus
from shared.database import Database
from shared.messages.reports import ReportSubmitted
from shared.travel.envelope import seal
from shared.travel.outbox import announce_many
from shared.travel.relay import Relay
from tests.bench.meter import metered
from tests.bench.table import record
from tests.support.make.buses import new_name
from tests.support.make.facts import as_record, make_fact, new_fact
from tests.support.make.kit import at_work, consuming, kit_database, opened, projecting
from tests.support.servers import postgres as support
from tests.support.servers.postgres import DatabaseServer, own_server
from tests.support.servers.services import wait_until

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

ROWS = 60_000
_TELL = "INSERT INTO outbox (topic, key, message_id, headers, value) VALUES ($1, $2, $3, $4, $5)"
MESSAGES = 40_000


@pytest.fixture(scope="module")
def server() -> Iterator[DatabaseServer]:
    """A server as durable as in production."""
    with own_server() as server:
        yield server


@pytest.fixture
async def tables(server: DatabaseServer) -> support.Database:
    """A database with the kit's tables."""
    return await kit_database(server)


@pytest.fixture
async def database(tables: support.Database) -> AsyncIterator[Database]:
    """The kit's connections to it."""
    async with opened(tables) as database:
        yield database


@pytest.fixture
async def bus(server: DatabaseServer) -> AsyncIterator[Bus]:
    """The PostgreSQL log on the same server."""
    bus = open_bus((await server.fresh_database("samsyn_bus")).owner_url)
    await bus.start()
    yield bus
    await bus.stop()


class Submitted(ReportSubmitted):
    """A report as large as real ones, on a topic of its own."""

    topic: ClassVar[str] = "bench.report.v1"
    type: ClassVar[str] = "bench.submitted"


def submitted(number: int) -> Submitted:
    """One of them."""
    return Submitted(
        sequence=1,
        report_id=UUID(int=number),
        organisation_id=UUID(int=17),
        category="order",
        subcategory="gathering",
        area_code="010101",
        cell="E481750N7005250",
        occurred_on=date(2026, 11, 20),
        band=8,
        dark=True,
        severity=2,
        location_kind="public",
    )


async def fill(database: Database, count: int) -> None:
    """So many rows in the outbox."""
    for start in range(0, count, 5000):
        async with database.sessions() as session, session.begin():
            await announce_many(session, [submitted(number) for number in range(start, min(start + 5000, count))])


def metric(name: str, **labels: str) -> float:
    """What a counter of the kit stands at: to ask the database meanwhile would be measured too."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def until_relayed(count: float) -> None:
    """Wait until so many rows were ever taken by the bus."""
    await wait_until(lambda: metric("samsyn_relayed_total") >= count, timeout_s=120, what="the outbox to be empty")


async def test_relay(server: DatabaseServer, database: Database, bus: Bus) -> None:
    """From a full outbox: 50,000 rows/s for each core of our own, three statements a batch of 1,000."""
    await bus.ensure_topics([Topic(name=Submitted.topic)])
    relay = Relay(database.url, bus=bus, wake=asyncio.Event(), name="kit")
    for count in (ROWS // 10, ROWS):  # the first one warms
        await fill(database, count)
        goal = metric("samsyn_relayed_total") + count
        with metered(server) as cost:
            async with at_work(relay.run):
                await until_relayed(goal)
        await relay.close()  # or the next one waits until its lock is given up
    cpu = cost.us_per_item(ROWS)
    per_row = round(3 / 1000, 4)
    record("kit.relay.per_core", round(ROWS / cost.own_s), unit="1/s", target=50_000, count=ROWS,
           cpu_us_per_item=cpu, statements_per_item=per_row)  # fmt: skip
    record("kit.relay.wall", round(ROWS / cost.wall_s), unit="1/s", target=None, count=ROWS,
           cpu_us_per_item=cpu, statements_per_item=per_row)  # fmt: skip


async def test_commit_to_ack(server: DatabaseServer, database: Database, bus: Bus) -> None:
    """At 1,000 messages a second, in transactions of one: from the commit to the bus' ack in 50 ms, 99 of 100.

    The rows are written past SQLAlchemy: the writers share the relay's core, and are not what is measured.
    """
    await bus.ensure_topics([Topic(name=Submitted.topic)])
    seconds, rate, each = 5, 1000, 10
    delays: list[float] = []
    committed: dict[str, float] = {}
    publish = bus.publish

    async def publish_and_note(records: list[object]) -> None:
        await publish(records)  # type: ignore[arg-type]
        acked = time.perf_counter()
        delays.extend(acked - committed.pop(one.key, acked) for one in records)  # type: ignore[attr-defined]

    bus.publish = publish_and_note  # type: ignore[assignment, method-assign]

    async def write(number: int) -> None:
        sealed = seal(submitted(number), source="kit")
        committed[sealed.key] = time.perf_counter()
        await writers.execute(_TELL, *sealed)
        committed[sealed.key] = time.perf_counter()
        database.announced.set()

    relay = Relay(database.url, bus=bus, wake=database.announced, name="kit")
    goal = metric("samsyn_relayed_total") + seconds * rate
    with metered(server) as cost:
        async with at_work(relay.run), asyncpg.create_pool(database.url, min_size=each, max_size=each) as writers:
            start = time.perf_counter()
            for turn in range(seconds * rate // each):
                await asyncio.gather(*(write(turn * each + one) for one in range(each)))
                await asyncio.sleep(max(0.0, start + (turn + 1) * each / rate - time.perf_counter()))
            reached = seconds * rate / (time.perf_counter() - start)
            await until_relayed(goal)
    await relay.close()
    ranked = sorted(delays)
    cpu = cost.us_per_item(len(ranked))
    record("kit.relay.commit_to_ack_p99", round(ranked[int(len(ranked) * 0.99)] * 1000, 1), unit="ms", target=50,
           count=len(ranked), cpu_us_per_item=cpu)  # fmt: skip
    record("kit.relay.commit_to_ack_p50", round(ranked[len(ranked) // 2] * 1000, 1), unit="ms", target=None,
           count=len(ranked), cpu_us_per_item=cpu)  # fmt: skip
    record("kit.relay.commit_to_ack_rate", round(reached), unit="1/s", target=None, count=len(ranked))


async def test_idle(server: DatabaseServer, database: Database, bus: Bus) -> None:
    """A relay with nothing to do takes at most a hundredth of a core."""
    relay = Relay(database.url, bus=bus, wake=asyncio.Event(), name="kit")
    async with at_work(relay.run):
        await asyncio.sleep(0.5)
        with metered(server) as cost:
            await asyncio.sleep(5)
    await relay.close()
    record("kit.relay.idle", round(100 * (cost.own_s + cost.postgres_s) / cost.wall_s, 2), unit="% of a core",
           target=1.0, count=1)  # fmt: skip


async def test_consumer(server: DatabaseServer, database: Database, bus: Bus) -> None:
    """Inbox and a projection of two statements: 20,000 messages/s for each core of our own."""
    fact = new_fact()
    await bus.ensure_topics([Topic(name=fact.topic)])
    note = "x" * 250  # as large as a report's message
    consumer = projecting(fact, group=new_name("group"))
    for count in (MESSAGES // 10, MESSAGES):  # the first one warms
        messages = [make_fact(fact, item=f"{n % 500}", number=n // 500 + 1, note=note) for n in range(count)]
        for start in range(0, count, 1000):
            await bus.publish([as_record(message) for message in messages[start : start + 1000]])
        goal = handled(consumer.group) + count
        with metered(server) as cost:
            async with consuming(consumer, database, bus):
                await until_handled(consumer.group, goal)
    cpu = cost.us_per_item(MESSAGES)
    statements = round((2 + 2 + 2) / 500, 4)
    record("kit.consumer.per_core", round(MESSAGES / cost.own_s), unit="1/s", target=20_000, count=MESSAGES,
           cpu_us_per_item=cpu, statements_per_item=statements)  # fmt: skip
    record("kit.consumer.wall", round(MESSAGES / cost.wall_s), unit="1/s", target=None, count=MESSAGES,
           cpu_us_per_item=cpu, statements_per_item=statements)  # fmt: skip


def handled(group: str) -> float:
    """How many messages of a consumer had their effect."""
    return metric("samsyn_consumed_total", consumer=group, outcome="handled")


async def until_handled(group: str, goal: float) -> None:
    """Wait until so many had."""
    await wait_until(lambda: handled(group) >= goal, timeout_s=120, what="all effects")
