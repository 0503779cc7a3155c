"""The end of a credential and a file it sends come by different ways: whichever is first, the file has ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from services.reports.files import commands
from shared.access import Principal
from shared.bus import Bus
from shared.ids import ordered_uuid7
from shared.messages.gateway import CredentialEnded, OrganisationChanged
from shared.travel.endings import Ended
from tests.support.look.bus import tell
from tests.support.look.locks import until_somebody_waits
from tests.support.make.imports import HEADER, MAPPING
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import client, make_principal, wait_until

ROW = "R-1,order,2026-11-20,14.64,63.1765,Skräp\n"
Content = str | AsyncIterator[bytes]


def ended(of: Principal, *, credential: str | None = None, **heir: Any) -> CredentialEnded:
    """What the gateway tells when a client is stopped for the first time."""
    return CredentialEnded(
        sequence=1, credential=credential or of.client_id, organisation_id=of.organisation_id, **heir
    )


def stopped(of: Principal, *, version: int = 1) -> OrganisationChanged:
    """What the gateway tells when an organisation is stopped."""
    return OrganisationChanged(
        sequence=version, organisation_id=of.organisation_id, name="x", kind="housing", areas=[], active=False
    )


def housing(**changes: Any) -> Principal:
    """A client of a housing company."""
    values: dict[str, Any] = {"kind": "housing", "role": "member"}
    return make_principal(**values | changes)


@pytest.fixture
async def rows(clean: None, reports_database: Database) -> AsyncIterator[asyncpg.Connection]:
    """The service's tables."""
    async with connected(reports_database.admin_url) as admin:
        yield admin


@asynccontextmanager
async def held_back(rows: asyncpg.Connection, of: Principal) -> AsyncIterator[None]:
    """No file of an organisation is worked off in the block."""
    await rows.execute("SELECT pg_advisory_lock(hashtextextended($1, 1))", str(of.organisation_id))
    yield
    await rows.execute("SELECT pg_advisory_unlock_all()")


async def send(url: str, by: Principal, content: Content = HEADER + ROW) -> httpx.Response:
    """POST /imports, with a mapping that is there."""
    async with client(url, service="reports", principal=by) as caller:
        assert (await caller.put("/mappings/m", json=MAPPING)).status_code == 200
        asked: dict[str, Any] = {"params": {"mapping": "m"}, "headers": {"Content-Type": "text/csv"}}
        return await caller.post("/imports", content=content, **asked)


async def told(rows: asyncpg.Connection, bus: Bus, *ends: Ended) -> None:
    """Tell ends, and wait until the service knows them."""
    before = await rows.fetchval("SELECT count(*) FROM endings")
    await tell(bus, *ends)

    async def known() -> bool:
        return bool(await rows.fetchval("SELECT count(*) FROM endings") == before + len(ends))

    await wait_until(known, what="the ends to be known")


async def states(rows: asyncpg.Connection) -> list[str]:
    """How the files stand, in the order in which they came."""
    return [row["state"] for row in await rows.fetch("SELECT state FROM imports ORDER BY id")]


@pytest.mark.parametrize("what", ["client", "key", "organisation"])
async def test_a_file_whose_last_byte_comes_after_the_end(
    rows: asyncpg.Connection, reports_url: str, bus: Bus, what: str
) -> None:
    """POST /imports that began before the end: 401, no file is kept, and nothing of it is read in."""
    who = housing(key_id="key_1")
    ends: dict[str, Ended] = {
        "client": ended(who), "key": ended(who, credential="key_1"), "organisation": stopped(who)
    }  # fmt: skip

    async def slowly() -> AsyncIterator[bytes]:
        yield HEADER.encode()
        await told(rows, bus, ends[what])
        yield ROW.encode()

    assert (await send(reports_url, who, slowly())).status_code == 401
    assert await states(rows) == []
    foreign = housing(client_id=who.client_id, key_id="key_1")  # of another organisation: means nobody here
    assert (await send(reports_url, foreign)).status_code == 202
    await wait_until(lambda: rows.fetchval("SELECT true FROM imports WHERE state = 'done'"), what="a stranger's file")
    assert await rows.fetchval("SELECT array_agg(organisation_id) FROM reports") == [foreign.organisation_id]


async def test_who_is_let_in_again_sends_files_again(rows: asyncpg.Connection, reports_url: str, bus: Bus) -> None:
    """A client that was started again, by its era; a key that was revoked never is."""
    who = housing()
    await told(rows, bus, ended(who), stopped(who, version=2), ended(who, credential="key_1"))
    for era, status in (((0, 3), 401), ((1, 1), 401), ((1, 3), 202)):
        assert (await send(reports_url, replace(who, era=era))).status_code == status, era
    assert (await send(reports_url, replace(who, era=(9, 9), key_id="key_1"))).status_code == 401


@pytest.mark.parametrize("what", ["client", "organisation"])
async def test_an_end_ends_what_is_of_before_it(
    rows: asyncpg.Connection, reports_url: str, bus: Bus, what: str
) -> None:
    """An end that is told late: what was sent before it ends, and what was sent after it, and told before, waits on."""
    who = housing()
    async with held_back(rows, who):
        for era in ((0, 1), (1, 3)):
            assert (await send(reports_url, replace(who, era=era))).status_code == 202
        await told(rows, bus, ended(who) if what == "client" else stopped(who, version=2))
        assert await states(rows) == ["failed", "received"]


async def test_no_heir_that_ended_meanwhile_goes_on_with_it(
    rows: asyncpg.Connection, reports_url: str, bus: Bus
) -> None:
    """The heir's own end is known before what it inherits: that ends."""
    who = housing()
    heir = housing(organisation_id=who.organisation_id)
    async with held_back(rows, who):
        assert (await send(reports_url, who)).status_code == 202
        await told(rows, bus, ended(heir))
        await told(rows, bus, ended(who, handed_to=heir.client_id, role="member", scopes=["reports:write"]))
        assert await states(rows) == ["failed"]


@asynccontextmanager
async def under_way(app: FastAPI) -> AsyncIterator[AsyncSession]:
    """A transaction that is committed at the block's end."""
    async with app.state.database.sessions() as session, session.begin():
        yield session


async def test_a_file_waits_for_an_end_that_is_under_way(
    rows: asyncpg.Connection, reports_app: FastAPI, reports_url: str
) -> None:
    """The end's transaction is open, the file comes: it waits, and is refused once that is committed."""
    who = housing()
    async with under_way(reports_app) as session:
        await commands.end_of_credential(session, ended(who), now=datetime.now(UTC))
        request = asyncio.create_task(send(reports_url, who))
        await until_somebody_waits(rows)
        assert not request.done()
    assert (await request).status_code == 401
    assert await states(rows) == []


async def test_an_end_waits_for_a_file_that_is_coming_in(
    rows: asyncpg.Connection, reports_app: FastAPI, reports_url: str, bus: Bus
) -> None:
    """The file's transaction is open, the end comes: it waits, and ends the file once that is committed."""
    who = housing()
    async with under_way(reports_app) as session:
        begun: dict[str, Any] = {"mapping": "m", "document": MAPPING, "dry_run": False}
        await commands.begin_import(session, ordered_uuid7(), principal=who, **begun)
        await tell(bus, ended(who))
        await until_somebody_waits(rows)
        assert await rows.fetchval("SELECT count(*) FROM endings") == 0

    async def over() -> bool:
        return await states(rows) == ["failed"]

    await wait_until(over, what="the file's end")
