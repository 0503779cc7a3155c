"""kill -9 of PostgreSQL under the dispatcher: the service waits it out by itself, and every webhook arrives."""

import asyncio
from collections import Counter

import pytest

from tests.faults.notify.deliveries.test_kill_dispatcher import arrive, slowly
from tests.support.make.notify import notify_process, own_bus, report_submitted, subscribe_in_database, tell
from tests.support.servers.postgres import connected, own_server
from tests.support.servers.receivers import receiver
from tests.support.servers.services import wait_until

ENDPOINTS = 3
# A killed server forgets claims of its last moments (they commit without waiting for the disk), but the process that
# claimed still knows what it has in hand.
REPEATS_PER_KILL = ENDPOINTS * 10


async def test_webhooks_survive_two_kills_of_postgres() -> None:
    """Two kills under 600 facts and three endpoints."""
    await kill_and_count(kills=2, facts=600)


@pytest.mark.long
async def test_webhooks_survive_twenty_kills_of_postgres() -> None:
    """Twenty kills under 6,000 facts and three endpoints."""
    await kill_and_count(kills=20, facts=6_000)


async def kill_and_count(*, kills: int, facts: int) -> None:
    """Every (fact, endpoint) arrives at least once, each stored once, and the process never restarts."""
    with own_server() as server:
        database = await server.migrated("notify")
        async with receiver() as here:
            here.answer = slowly
            for n in range(ENDPOINTS):
                await subscribe_in_database(database, url=f"{here.url}/{n}")
            async with own_bus(server) as (bus_url, bus):
                ids = {str(each) for each in await tell(bus, *(report_submitted() for _ in range(facts)))}
            async with notify_process(database, bus_url) as service:
                for _ in range(kills):
                    await arrive(here, 100)
                    await asyncio.to_thread(server.postgres.kill)
                    await asyncio.to_thread(server.postgres.start)

                async def all_sent() -> bool:
                    async with connected(database.admin_url) as admin:
                        stored = await admin.fetchval("SELECT count(*) FROM messages")
                        return bool(
                            stored == facts and await admin.fetchval("SELECT NOT EXISTS (SELECT FROM deliveries)")
                        )

                await wait_until(all_sent, timeout_s=60 + facts / 50, what="everything to be sent")
                assert service.alive
            arrived = Counter((each.path, each.headers["webhook-id"]) for each in here.got)
    repeats = sum(arrived.values()) - len(arrived)
    print(
        f"\nkill -9 PostgreSQL under the dispatcher: {kills} kills, {facts} facts x {ENDPOINTS} endpoints:"
        f" {len(arrived)} arrived, {facts * ENDPOINTS - len(arrived)} lost, {repeats} repeats"
    )
    assert {message_id for _, message_id in arrived} == ids
    assert len(arrived) == facts * ENDPOINTS
    assert repeats <= kills * REPEATS_PER_KILL
