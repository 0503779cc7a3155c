"""The end of a credential and what it makes come by different ways: whichever is first, what it made has ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.notify.subscriptions import commands
from shared.access import Principal
from shared.bus import Bus
from shared.errors import Unauthenticated
from shared.ids import ordered_uuid7
from shared.messages.gateway import CredentialEnded, OrganisationChanged
from shared.travel import endings
from shared.travel.endings import Ended
from tests.support.look.locks import until_somebody_waits
from tests.support.make.notify import make_subscription, new_key, notify_client, subscribe, tell
from tests.support.servers.postgres import Database, connected
from tests.support.servers.receivers import Receiver
from tests.support.servers.services import make_principal, wait_until

OFFICE: dict[str, Any] = {"kind": "municipality", "role": "coordinator"}


def ended(of: Principal, *, credential: str | None = None, times: int = 1, **heir: Any) -> CredentialEnded:
    """What the gateway tells when a client is stopped, for the first time or a later one."""
    return CredentialEnded(
        sequence=times, credential=credential or of.client_id, organisation_id=of.organisation_id, **heir
    )


def stopped(of: Principal, *, version: int = 1) -> OrganisationChanged:
    """What the gateway tells when an organisation is stopped."""
    return OrganisationChanged(
        sequence=version, organisation_id=of.organisation_id, name="x", kind="municipality", areas=[], active=False
    )


def inherited_by(heir: Principal, *, era: int) -> dict[str, Any]:
    """An end's fields that name an heir which had ended so often."""
    return {"handed_to": heir.client_id, "role": heir.role, "scopes": sorted(heir.scopes), "heir_era": era}


@pytest.fixture
async def rows(clean: None, notify_database: Database) -> AsyncIterator[asyncpg.Connection]:
    """The service's tables."""
    async with connected(notify_database.admin_url) as admin:
        yield admin


async def told(rows: asyncpg.Connection, bus: Bus, *ends: Ended) -> None:
    """Tell ends, and wait until the service knows them."""
    before = await rows.fetchval("SELECT count(*) FROM endings")
    await tell(bus, *ends)

    async def known() -> bool:
        return bool(await rows.fetchval("SELECT count(*) FROM endings") == before + len(ends))

    await wait_until(known, what="the ends to be known")


async def post(url: str, by: Principal, hook: Receiver) -> httpx.Response:
    """POST /subscriptions."""
    async with notify_client(url, by) as caller:
        return await caller.post("/subscriptions", json=make_subscription(url=hook.url), headers=new_key())


async def statuses(rows: asyncpg.Connection) -> dict[str, str]:
    """How all subscriptions stand, by who answers for them."""
    return {row["client_id"]: row["status"] for row in await rows.fetch("SELECT client_id, status FROM subscriptions")}


@pytest.mark.parametrize("what", ["client", "key", "organisation"])
async def test_what_was_let_in_before_its_end_makes_nothing_after(
    rows: asyncpg.Connection, notify_url: str, hook: Receiver, bus: Bus, what: str
) -> None:
    """The end first: 401 for what was let in before, and nothing is there; a colleague's client makes its own."""
    who = make_principal(**OFFICE, key_id="key_1")
    other = make_principal(**OFFICE, organisation_id=who.organisation_id)
    foreign = make_principal(**OFFICE, client_id=who.client_id, key_id="key_1")
    ends: dict[str, Ended] = {
        "client": ended(who), "key": ended(who, credential="key_1"), "organisation": stopped(who)
    }  # fmt: skip
    await told(rows, bus, ends[what])
    answer = await post(notify_url, who, hook)
    assert answer.status_code == 401
    assert "was ended" in answer.json()["detail"]
    assert await statuses(rows) == {}
    assert await rows.fetchval("SELECT count(*) FROM idempotency") == 0
    assert (await post(notify_url, foreign, hook)).status_code == 201
    assert (await post(notify_url, other, hook)).status_code == (401 if what == "organisation" else 201)


async def test_what_was_let_in_before_its_end_changes_nothing_after(
    rows: asyncpg.Connection, notify_url: str, hook: Receiver, bus: Bus
) -> None:
    """PATCH to active of a colleague's that is disabled, a new secret, DELETE: 401, and it is the colleague's still."""
    who = make_principal(**OFFICE)
    other = make_principal(**OFFICE, organisation_id=who.organisation_id)
    async with notify_client(notify_url, other) as caller:
        path = f"/subscriptions/{(await subscribe(caller, url=hook.url))['id']}"
    await told(rows, bus, ended(who), ended(other))
    async with notify_client(notify_url, who) as caller:
        for status in ("active", "paused"):
            assert (await caller.patch(path, json={"status": status})).status_code == 401
        assert (await caller.post(f"{path}/secret", headers=new_key())).status_code == 401
        assert (await caller.delete(path)).status_code == 401
    assert await statuses(rows) == {other.client_id: "disabled"}
    assert await rows.fetchval("SELECT count(*) FROM subscription_secrets") == 1


async def test_who_is_let_in_again_makes_things_again(
    rows: asyncpg.Connection, notify_url: str, hook: Receiver, bus: Bus
) -> None:
    """A client that was started again, by its era; a key that was revoked never is."""
    who = make_principal(**OFFICE)
    await told(rows, bus, ended(who), stopped(who, version=2), ended(who, credential="key_1"))
    for era, status in (((0, 3), 401), ((1, 1), 401), ((1, 3), 201)):
        assert (await post(notify_url, replace(who, era=era), hook)).status_code == status, era
    assert (await post(notify_url, replace(who, era=(9, 9), key_id="key_1"), hook)).status_code == 401
    assert await statuses(rows) == {who.client_id: "active"}


@pytest.mark.parametrize("what", ["client", "organisation"])
async def test_an_end_ends_what_is_of_before_it(
    rows: asyncpg.Connection, notify_url: str, hook: Receiver, bus: Bus, what: str
) -> None:
    """An end that is told late: what was made before it ends, and what was made after it, and told before, goes on."""
    who = make_principal(**OFFICE, client_id="client_1")
    for era in ((0, 1), (1, 3)):
        assert (await post(notify_url, replace(who, era=era), hook)).status_code == 201
    await told(rows, bus, ended(who) if what == "client" else stopped(who, version=2))
    by_era = dict(await rows.fetch("SELECT client_era, status FROM subscriptions"))
    assert by_era == {0: "disabled", 1: "active"}


@pytest.mark.parametrize("era", [0, 1])
async def test_no_heir_that_ended_meanwhile_goes_on_with_it(
    rows: asyncpg.Connection, notify_url: str, hook: Receiver, bus: Bus, era: int
) -> None:
    """The heir's own end is known before what it inherits: that ends; an heir that was let in again before has it."""
    who = make_principal(**OFFICE)
    heir = make_principal(**OFFICE, organisation_id=who.organisation_id)
    assert (await post(notify_url, who, hook)).status_code == 201
    await told(rows, bus, ended(heir))
    await told(rows, bus, ended(who, **inherited_by(heir, era=era)))
    assert await statuses(rows) == ({heir.client_id: "active"} if era else {who.client_id: "disabled"})
    if era:
        await tell(bus, ended(heir, times=2))
        await wait_until(lambda: ended_with(rows, heir), what="its end with the heir's next one")


async def ended_with(rows: asyncpg.Connection, who: Principal) -> bool:
    """Whether what somebody answers for is disabled."""
    return (await statuses(rows))[who.client_id] == "disabled"


@asynccontextmanager
async def under_way(app: FastAPI) -> AsyncIterator[AsyncSession]:
    """A transaction that is committed at the block's end."""
    async with app.state.database.sessions() as session, session.begin():
        yield session


async def test_a_request_waits_for_an_end_that_is_under_way(
    rows: asyncpg.Connection, notify_app: FastAPI, notify_url: str, hook: Receiver
) -> None:
    """The end's transaction is open, the request comes: it waits, and is refused once that is committed."""
    who = make_principal(**OFFICE)
    async with under_way(notify_app) as session:
        await commands.end_of_credential(session, ended(who))
        request = asyncio.create_task(post(notify_url, who, hook))
        await until_somebody_waits(rows)
        assert not request.done()
    assert (await request).status_code == 401
    assert await statuses(rows) == {}


async def test_an_end_waits_for_what_is_being_made(
    rows: asyncpg.Connection, notify_app: FastAPI, notify_url: str, hook: Receiver, bus: Bus
) -> None:
    """The maker's transaction is open, the end comes: it waits, and ends what is there once that is committed."""
    who, new = make_principal(**OFFICE), ordered_uuid7()
    async with under_way(notify_app) as session:
        _, secret = commands.make_secret(ordered_uuid7(), owner=new, scheme="v1", keys=notify_app.state.keys)
        asked = make_subscription(url=hook.url, categories=[], area_codes=[], description="", signature="v1")
        await commands.create_subscription(session, new, principal=who, secret=secret, **asked)
        await tell(bus, ended(who))
        await until_somebody_waits(rows)
        assert await rows.fetchval("SELECT count(*) FROM endings") == 0
    await wait_until(lambda: ended_with(rows, who), what="its end")


async def test_ends_are_forgotten_when_nothing_can_be_on_its_way(rows: asyncpg.Connection, notify_app: FastAPI) -> None:
    """Older than all that was let in before: the table does not grow for ever."""
    who = make_principal(**OFFICE)
    for credential, days in (("old", endings.REMEMBERED_DAYS + 1), ("new", endings.REMEMBERED_DAYS - 1)):
        async with under_way(notify_app) as session:
            await endings.remember(session, ended(who, credential=credential))
        await rows.execute(
            "UPDATE endings SET noted_at = now() - make_interval(days => $2) WHERE credential = $1", credential, days
        )
    async with under_way(notify_app) as session:
        await endings.forget(session)
    assert await rows.fetchval("SELECT array_agg(credential) FROM endings") == ["new"]
    async with under_way(notify_app) as session:
        with pytest.raises(Unauthenticated):
            await endings.check_goes_on(session, replace(who, client_id="new"))
        await endings.check_goes_on(session, replace(who, client_id="old"))
