"""What one address does silences no other of its host; who is held back can read it, and until when."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from aiohttp import web

from deploy.ports import free_port
from services.notify.app import build
from shared.bus import Bus
from tests.support.make.notify import (
    new_key,
    notify_client,
    notify_settings,
    own_bus,
    report_submitted,
    subscribe,
    tell,
)
from tests.support.servers.postgres import DatabaseServer
from tests.support.servers.receivers import Delivery, Receiver, receiver
from tests.support.servers.services import make_principal, running, wait_until

COOL_DOWN_S = 60


@asynccontextmanager
async def notify_with_long_pauses(postgres: DatabaseServer) -> AsyncIterator[tuple[httpx.AsyncClient, Bus]]:
    """A service that leaves alone for a minute who fails, and tries again after hours."""
    database = await postgres.migrated("notify")
    async with own_bus(postgres) as (bus_url, bus):
        changes: dict[str, Any] = {"cool_down_s": COOL_DOWN_S, "retry_steps_s": [0, 7200, 7200]}
        app = build(notify_settings(database, bus_url, **changes))
        async with running(app) as url, notify_client(url, make_principal()) as caller:
            yield caller, bus


async def reply(failing: str, delivery: Delivery) -> web.Response:
    """Of one path what fails, of all others 204."""
    if not delivery.path.endswith("/failing"):
        return web.Response(status=204)
    if failing == "hangs":
        await asyncio.sleep(5)
    return web.Response(status=500)


def arrived(here: Receiver) -> int:
    """How many webhooks the healthy address got."""
    return sum(each.path.endswith("/well") for each in here.got)


def has_arrived(here: Receiver, count: int) -> bool:
    """Whether it got so many."""
    return arrived(here) == count


async def held_until(caller: httpx.AsyncClient, subscription: dict[str, Any]) -> str | None:
    """What a subscription says of its pause."""
    said = (await caller.get(f"/subscriptions/{subscription['id']}")).json()["held_until"]
    return None if said is None else str(said)


async def log_of(caller: httpx.AsyncClient, subscription: dict[str, Any]) -> list[dict[str, Any]]:
    """Its deliveries."""
    answer = await caller.get(f"/subscriptions/{subscription['id']}/deliveries", params={"limit": 100})
    return [dict(each) for each in answer.json()["deliveries"]]


@pytest.mark.parametrize("failing", ["answers 500", "hangs"])
async def test_a_healthy_address_goes_on_beside_a_failing_one(postgres: DatabaseServer, failing: str) -> None:
    """Two webhooks to one host: while the one is held back the other gets all, a test too; both say how it is."""
    async with notify_with_long_pauses(postgres) as (caller, bus), receiver() as here:
        here.answer = partial(reply, failing)
        bad = await subscribe(caller, url=f"{here.url}/failing")
        well = await subscribe(caller, url=f"{here.url}/well")
        waits = []
        for count in (15, 15, 1):
            began, wanted = time.monotonic(), arrived(here) + count
            await tell(bus, *(report_submitted() for _ in range(count)))
            await wait_until(partial(has_arrived, here, wanted), what="the healthy address's webhooks")
            waits.append(time.monotonic() - began)
            await wait_until(partial(held_until, caller, bad), what="the pause")
        print(f"\nbeside an address that {failing}: the healthy one waited {max(waits):.2f} s at most")
        assert max(waits) < 5
        until = datetime.fromisoformat(str(await held_until(caller, bad)))
        assert timedelta(0) < until - datetime.now(UTC) <= timedelta(seconds=COOL_DOWN_S)
        assert await held_until(caller, well) is None
        held = [each for each in await log_of(caller, bad) if each["state"] == "waiting"]
        assert held
        assert all(datetime.fromisoformat(each["held_until"]) == until for each in held)
        assert all(each["next_at"] == each["held_until"] and each["attempts"] == 0 for each in held)
        assert {each["held_until"] for each in await log_of(caller, well)} == {None}
        before = len(here.got)
        await caller.post(f"/subscriptions/{well['id']}/test", headers=new_key())
        await wait_until(lambda: len(here.got) > before, timeout_s=5, what="the test")


async def test_a_host_that_is_back_is_found_by_a_test(postgres: DatabaseServer) -> None:
    """No connection ten times: all its addresses are held back; a test of one of them that arrives lets all go on."""
    port = free_port()
    async with notify_with_long_pauses(postgres) as (caller, bus):
        made = [await subscribe(caller, url=f"http://127.0.0.1:{port}/{n}") for n in range(2)]
        await tell(bus, *(report_submitted() for _ in range(30)))
        for each in made:
            await wait_until(partial(held_until, caller, each), what="the pause of the host")
        async with receiver(port=port) as here:
            await caller.post(f"/subscriptions/{made[0]['id']}/test", headers=new_key())
            await wait_until(lambda: len({d.path for d in here.got}) == 2, timeout_s=5, what="both addresses")
            for each in made:
                await wait_until(partial(goes_on, caller, each), what="the end of the pause")


async def goes_on(caller: httpx.AsyncClient, subscription: dict[str, Any]) -> bool:
    """Whether nothing holds it back."""
    return await held_until(caller, subscription) is None


async def test_what_a_process_held_that_is_no_more_goes_on(postgres: DatabaseServer) -> None:
    """A new process knows of no failure: it sends, and takes back what the one before said."""
    database, port = await postgres.migrated("notify"), free_port()
    async with own_bus(postgres) as (bus_url, bus):
        settings = notify_settings(database, bus_url, cool_down_s=COOL_DOWN_S)
        principal = make_principal()
        async with running(build(settings)) as url, notify_client(url, principal) as caller:
            made = await subscribe(caller, url=f"http://127.0.0.1:{port}/hook")
            await tell(bus, *(report_submitted() for _ in range(30)))
            await wait_until(partial(held_until, caller, made), what="the pause")
        async with (
            receiver(port=port) as here,
            running(build(settings)) as url,
            notify_client(url, principal) as caller,
        ):
            await wait_until(lambda: here.got, what="what waited")
            await wait_until(partial(goes_on, caller, made), what="the end of the pause")
