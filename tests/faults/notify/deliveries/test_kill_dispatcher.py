"""kill -9 of the process that sends webhooks, again and again, while facts stream in."""

import asyncio
import random
from collections import Counter

import pytest
from aiohttp import web

from shared.bus import Bus
from tests.support.make.notify import notify_process, own_bus, report_submitted, subscribe_in_database, tell
from tests.support.servers.postgres import Database, DatabaseServer, connected
from tests.support.servers.receivers import Delivery, Receiver, receiver
from tests.support.servers.services import wait_until

ENDPOINTS = 3
# At most ten requests in flight for each endpoint, and what 20 ms of the collector hold on a busy machine.
REPEATS_PER_KILL = ENDPOINTS * 10 + 300


async def test_every_webhook_arrives_despite_kills(postgres: DatabaseServer) -> None:
    """Three kills over 900 facts and three endpoints."""
    await kill_and_count(postgres, kills=3, facts=900, seed=1)


@pytest.mark.long
async def test_every_webhook_arrives_despite_twenty_kills(postgres: DatabaseServer) -> None:
    """Twenty kills over 12,000 facts and three endpoints."""
    await kill_and_count(postgres, kills=20, facts=12_000, seed=2)


async def kill_and_count(postgres: DatabaseServer, *, kills: int, facts: int, seed: int) -> None:
    """Every (fact, endpoint) arrives at least once; repeats are bounded and carry the same id; nothing is left over."""
    database = await postgres.migrated("notify")
    async with own_bus(postgres) as (bus_url, bus), receiver() as here:
        here.answer = slowly
        urls = [f"{here.url}/{n}" for n in range(ENDPOINTS)]
        for url in urls:
            await subscribe_in_database(database, url=url)
        telling = asyncio.create_task(tell_all(bus, facts))
        await kill_repeatedly(database, bus_url, here, kills=kills, seed=seed)
        ids = await telling
        async with notify_process(database, bus_url), connected(database.admin_url) as admin:

            async def all_sent() -> bool:
                stored = await admin.fetchval("SELECT count(*) FROM messages")
                sent = await admin.fetchval("SELECT NOT EXISTS (SELECT FROM deliveries)")
                return bool(stored == facts and sent)

            await wait_until(all_sent, timeout_s=60 + facts / 100, what="everything to be sent")
            bodies = await admin.fetchval("SELECT count(DISTINCT message_id) FROM messages")
    arrived = Counter((each.path, each.headers["webhook-id"]) for each in here.got)
    repeats = sum(arrived.values()) - len(arrived)
    print(
        f"\nkill -9 dispatcher: seed {seed}, {kills} kills, {facts} facts x {ENDPOINTS} endpoints:"
        f" {len(arrived)} arrived, {facts * ENDPOINTS - len(arrived)} lost, {repeats} repeats"
    )
    assert bodies == facts  # the fan-out queued each fact once
    assert {message_id for _, message_id in arrived} == ids
    assert len(arrived) == facts * ENDPOINTS
    assert repeats <= kills * REPEATS_PER_KILL


async def tell_all(bus: Bus, facts: int) -> set[str]:
    """Tell facts at the pace of a busy day: 300 a second."""
    ids: set[str] = set()
    for _ in range(facts // 30):
        ids |= {str(each) for each in await tell(bus, *(report_submitted() for _ in range(30)))}
        await asyncio.sleep(0.1)
    return ids


async def kill_repeatedly(database: Database, bus_url: str, here: Receiver, *, kills: int, seed: int) -> None:
    """Start the service, let it send some, kill it; again."""
    rng = random.Random(seed)
    for _ in range(kills):
        async with notify_process(database, bus_url, dies=True) as service:
            await arrive(here, rng.randint(50, 250))
            service.kill()


async def arrive(here: Receiver, count: int) -> None:
    """Wait for so many more webhooks."""
    enough = len(here.got) + count
    await wait_until(lambda: len(here.got) >= enough, timeout_s=30, what=f"some webhooks beyond {enough - count}")


async def slowly(_: Delivery) -> web.Response:
    """An answer after 20 ms, so that a kill finds requests in flight."""
    await asyncio.sleep(0.02)
    return web.Response(status=204)
