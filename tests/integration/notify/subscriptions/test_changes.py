"""PATCH /subscriptions/{id}: what it asks for and where it leads, at the version that was read"""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from aiohttp import web

from shared.bus import Bus
from tests.support.make.notify import area_changed, ids_of, new_key, report_submitted, subscribe, tell, verified
from tests.support.servers.postgres import Database, connected
from tests.support.servers.receivers import Delivery, Receiver, receiver
from tests.support.servers.services import wait_until

LOCAL = "http://127.0.0.1:9/hook"


async def patched(
    caller: httpx.AsyncClient, made: dict[str, Any], *, at: str | None = "*", **said: Any
) -> httpx.Response:
    """Send a change."""
    headers = {} if at is None else {"If-Match": at}
    return await caller.patch(f"/subscriptions/{made['id']}", json=said, headers=headers)


async def test_what_was_read_can_be_sent_back(notify: httpx.AsyncClient, bus: Bus) -> None:
    """PATCH of what GET gave changes nothing, whatever its status; another value of what is fixed is refused."""
    made = await subscribe(notify, url=LOCAL, types=[], categories=["order", "damage"], description="Ärenden")
    here = f"/subscriptions/{made['id']}"
    for status in ("active", "paused"):
        await notify.patch(here, json={"status": status})
        read = await notify.get(here)
        again = await notify.patch(here, json=read.json(), headers={"If-Match": read.headers["etag"]})
        assert (again.status_code, again.json()) == (200, read.json()), again.text
        assert again.headers["etag"] == read.headers["etag"]
    fixed = {
        "id": str(uuid4()), "signature": "v1a", "public_key": "whpk_x", "version": 77,
        "verified_at": "2026-11-22T08:20:00Z", "created_at": "2026-11-22T08:20:00Z",
    }  # fmt: skip
    for name, other in fixed.items():
        refused = await patched(notify, made, **read.json() | {name: other, "types": ["report.submitted"]})
        assert refused.status_code == 422, name
        assert [(each["field"], each["code"]) for each in refused.json()["errors"]] == [(f"/{name}", "read_only")]
    assert (await notify.get(here)).json() == read.json()


async def test_filters_change_at_the_version_that_was_read(notify: httpx.AsyncClient, hook: Receiver, bus: Bus) -> None:
    """Types, categories, areas and description: from the change on they hold. Without If-Match 428, an old one 412."""
    await tell(bus, area_changed("01"))
    made = await subscribe(notify, url=hook.url)
    assert (await patched(notify, made, at=None, types=[])).status_code == 428
    assert (await patched(notify, made, at=None, types=[], status="paused")).status_code == 428
    changed = await patched(
        notify, made, at='"1"', types=["report.withdrawn", "report.submitted"], categories=["damage"],
        area_codes=[], description="",
    )  # fmt: skip
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"'), changed.text
    assert changed.json()["types"] == ["report.submitted", "report.withdrawn"]
    assert (await patched(notify, made, at='"1"', types=[])).status_code == 412
    assert (await patched(notify, made, at=None, status="active")).headers["etag"] == '"2"'
    unwanted, wanted = report_submitted(category="order"), report_submitted(category="damage")
    await tell(bus, unwanted, wanted)
    await wait_until(lambda: hook.got, what="what is asked for now")
    assert [orjson.loads(each.body)["data"]["report_id"] for each in hook.got] == [str(wanted.report_id)]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"url": "http://10.0.0.1/"}, "/url"),
        ({"url": None}, "/url"),
        ({"types": ["no.such"]}, "/types/0"),
        ({"types": None}, "/types"),
        ({"categories": ["robbery"]}, "/categories/0"),
        ({"area_codes": ["nowhere"]}, "/area_codes/0"),
        ({"description": "Ring Anna Andersson, 070-123 45 67."}, "/description"),
        ({"status": "disabled"}, "/status"),
        ({"status": "stopped"}, "/status"),
        ({"secret": "whsec_x"}, "/secret"),
    ],
)
async def test_what_could_not_have_been_made_is_refused(
    notify: httpx.AsyncClient, said: dict[str, Any], field: str
) -> None:
    """Each by its field, as when it is made; and nothing is changed."""
    made = await subscribe(notify, url=LOCAL)
    refused = await patched(notify, made, **{"categories": ["order"], **said})
    assert refused.status_code == 422, refused.text
    assert {each["field"] for each in refused.json()["errors"]} == {field}
    assert (await notify.get(f"/subscriptions/{made['id']}")).json()["version"] == 1


async def test_a_new_url_gets_what_waits_and_is_proved_anew(
    notify: httpx.AsyncClient, hook: Receiver, bus: Bus, notify_database: Database
) -> None:
    """Ten hang at the old one: the others go to the new one in their order, signed as before; nobody knows it yet."""
    released = asyncio.Event()
    async with receiver() as old:
        made = await subscribe(notify, url=f"{old.url}/old")

        async def hanging(_: Delivery) -> web.Response:
            await released.wait()
            return web.Response(status=204)

        old.answer = hanging
        async with connected(notify_database.admin_url) as admin:
            await admin.execute("UPDATE subscriptions SET verified_at = now(), failing_since = now()")
            ids = [str(each) for each in await tell(bus, *(report_submitted() for _ in range(40)))]
            await wait_until(lambda: len(old.got) == 10, what="ten on their way")
            # All are in the dispatcher's hand, or will be claimed; as are those that failed and wait for long.
            changed = await patched(notify, made, url=f"{hook.url}/new")
            assert (changed.status_code, changed.json()["verified_at"], changed.json()["failing_since"]) == (
                200, None, None,
            ), changed.text  # fmt: skip
            released.set()
            await wait_until(lambda: len(old.got) + len(hook.got) >= 40, what="all webhooks")
            await wait_until(lambda: admin.fetchval("SELECT NOT EXISTS (SELECT FROM deliveries)"), what="the end")
    assert len(old.got) == 10
    assert sorted(ids_of(old.got) + ids_of(hook.got)) == sorted(ids)
    assert {verified(each, made["secret"])["type"] for each in hook.got} == {"report.submitted"}


async def test_a_new_url_does_not_wait_for_what_the_old_one_answered(
    notify: httpx.AsyncClient, hook: Receiver, bus: Bus, notify_database: Database
) -> None:
    """What was to be tried again in hours goes to the new one within a lease."""
    made = await subscribe(notify, url=LOCAL)
    await notify.patch(f"/subscriptions/{made['id']}", json={"status": "paused"})
    await tell(bus, *(report_submitted() for _ in range(3)))
    async with connected(notify_database.admin_url) as admin:
        await wait_until(lambda: admin.fetchval("SELECT count(*) = 3 FROM deliveries"), what="what waits")
        await admin.execute("UPDATE deliveries SET attempts = 1, next_at = now() + interval '1 hour'")
    assert (await patched(notify, made, url=hook.url, status="active")).status_code == 200
    await wait_until(lambda: len(hook.got) == 3, timeout_s=15, what="what waited for an hour")


async def answered_late(notify: httpx.AsyncClient, hook: Receiver, answer: Any) -> dict[str, Any]:
    """A subscription whose URL was changed while a test message was on its way, and was then answered so."""
    reached, released = asyncio.Event(), asyncio.Event()

    async def late(got: Delivery) -> web.Response:
        reached.set()
        await released.wait()
        response: web.Response = answer(got)
        return response

    async with receiver() as old:
        old.answer = late
        made = await subscribe(notify, url=old.url)
        queued = (await notify.post(f"/subscriptions/{made['id']}/test", headers=new_key())).json()
        await reached.wait()
        assert (await patched(notify, made, url=hook.url)).status_code == 200
        released.set()

        async def recorded() -> Any:
            return (await notify.get(f"/deliveries/{queued['delivery_id']}/attempts")).json()["attempts"]

        await wait_until(recorded, what="the late answer")
    return dict((await notify.get(f"/subscriptions/{made['id']}")).json())


async def test_a_proof_of_the_old_url_is_none_of_the_new_one(notify: httpx.AsyncClient, hook: Receiver) -> None:
    """The challenge comes back when the URL has changed: the new one is not verified."""

    def challenge(got: Delivery) -> web.Response:
        return web.Response(text=orjson.loads(got.body)["data"]["challenge"])

    stands = await answered_late(notify, hook, challenge)
    assert (stands["verified_at"], stands["status"]) == (None, "active")


@pytest.mark.parametrize("status", [410, 500])
async def test_an_end_of_the_old_url_is_none_of_the_new_one(
    notify: httpx.AsyncClient, hook: Receiver, status: int
) -> None:
    """410 of the old URL, after the change: it goes on, and is not known to fail."""
    stands = await answered_late(notify, hook, lambda _: web.Response(status=status))
    assert (stands["status"], stands["failing_since"]) == ("active", None)


async def test_a_scheme_in_capitals_is_the_same(notify: httpx.AsyncClient, hook: Receiver, bus: Bus) -> None:
    """HTTP:// and http:// lead to one place (RFC 3986 §3.1)."""
    await subscribe(notify, url=hook.url.replace("http://", "HTTP://"))
    await tell(bus, report_submitted())
    await wait_until(lambda: hook.got, what="the webhook")
