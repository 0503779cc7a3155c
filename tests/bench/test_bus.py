"""Rates of the raw bus, publishing and consuming in batches: the PostgreSQL log, and Kafka where Java is here."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest

from shared.bus import Bus, Record
from shared.bus.kafka import KafkaBus
from shared.bus.postgres import PostgresBus
from tests.support.make.buses import make_topic, new_name, positions_after, running_member
from tests.support.servers.kafka import own_broker
from tests.support.servers.postgres import own_server

pytestmark = pytest.mark.bench

MESSAGES = 50_000
BATCH = 1_000
# As the envelope makes them: nine headers, a value of 430 bytes, keys of one aggregate each.
HEADERS = tuple((f"ce_header{n}", b"0192f0c8-7a5e-7c00-8000-00000000000%d" % n) for n in range(9))
VALUE = b'{"report_id": "0192f0c8-7a5e-7c00-8000-000000000001"}' + b" " * 377


@pytest.fixture(params=["postgres", "kafka"])
def connect(request: pytest.FixtureRequest) -> Iterator[tuple[str, Callable[[], Awaitable[Bus]]]]:
    """A bus as durable as in production, and its name."""
    if request.param == "postgres":
        with own_server() as server:

            async def postgres() -> Bus:
                return PostgresBus((await server.fresh_database("samsyn_bus")).owner_url)

            yield "postgres", postgres
    else:
        with own_broker() as broker:

            async def kafka() -> Bus:
                return KafkaBus(broker.bootstrap)

            yield "kafka", kafka


def report(name: str, *, started: tuple[float, float], items: int, target: float, statements: float) -> None:
    """Print items per second and the processor time of this process for one item."""
    wall, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
    row = {"name": name, "value": round(items / wall), "unit": "1/s", "target": target}
    row |= {"cpu_us_per_item": round(cpu / items * 1e6, 2), "statements_per_item": statements, "count": items}
    print(json.dumps(row))


def now() -> tuple[float, float]:
    """Where a measurement starts: the clock and this process' processor time."""
    return time.perf_counter(), time.process_time()


async def test_publish_and_consume(connect: tuple[str, Callable[[], Awaitable[Bus]]]) -> None:
    """Batches of 1,000 one after another, then polls of 500 with a commit each: as relay and runner do."""
    kind, opened = connect
    bus = await opened()
    await bus.start()
    topic = await make_topic(bus)
    records = [
        Record(topic=topic, key=f"0192f0c8-7a5e-7c00-8000-{number:012}", value=VALUE, headers=HEADERS)
        for number in range(MESSAGES)
    ]
    await bus.publish(records[:BATCH])
    sql = kind == "postgres"
    started = now()
    for start in range(BATCH, MESSAGES, BATCH):
        await bus.publish(records[start : start + BATCH])
    items = MESSAGES - BATCH
    report(f"bus.{kind}.publish", started=started, items=items, target=50_000, statements=1 / BATCH if sql else 0)
    seen = polls = 0
    async with running_member(bus, new_name("group"), topic) as member, asyncio.timeout(100):
        while not seen:  # joining is not measured
            batches = await member.subscription.poll(max_records=1, timeout_s=0.2)
            seen += sum(map(len, batches.values()))
        started = now()
        while seen < MESSAGES:
            batches = await member.subscription.poll(max_records=500, timeout_s=0.2)
            messages = [message for batch in batches.values() for message in batch]
            await member.subscription.commit(positions_after(messages))
            seen, polls = seen + len(messages), polls + 1
        statements = 2 * polls / MESSAGES if sql else 0
        report(f"bus.{kind}.consume", started=started, items=seen, target=30_000, statements=round(statements, 4))
    assert seen == MESSAGES
    await bus.stop()
