"""A file that waits ends with what it was sent by, or goes to another client by name"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from shared.access import Principal
from shared.bus import Bus
from shared.messages.gateway import CredentialEnded, OrganisationChanged
from tests.support.look.bus import tell
from tests.support.make.imports import HEADER, MAPPING
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import client, make_principal, wait_until

ROW = "R-1,order,2026-11-20,14.64,63.1765,Skräp\n"
ME = make_principal(kind="housing", role="member")


def credential(by: Principal, **changes: Any) -> CredentialEnded:
    """What the gateway tells when a client is stopped."""
    values: dict[str, Any] = {"sequence": 1, "credential": by.client_id, "organisation_id": by.organisation_id}
    return CredentialEnded(**values | changes)


def colleague(**changes: Any) -> Principal:
    """Another client of the same organisation."""
    values: dict[str, Any] = {"kind": "housing", "role": "member", "organisation_id": ME.organisation_id}
    return make_principal(**values | changes)


@pytest.fixture
async def rows(clean: None, reports_database: Database) -> AsyncIterator[asyncpg.Connection]:
    """The service's tables, while no process may work on this organisation's files."""
    async with connected(reports_database.admin_url) as admin:
        await admin.execute("SELECT pg_advisory_lock(hashtextextended($1, 1))", str(ME.organisation_id))
        yield admin


@asynccontextmanager
async def sent(url: str, by: Principal) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """A file that waits, by somebody: the caller, and where to look for what became of it."""
    async with client(url, service="reports", principal=by) as caller:
        assert (await caller.put("/mappings/m", json=MAPPING)).status_code == 200
        asked = {"params": {"mapping": "m"}, "headers": {"Content-Type": "text/csv"}}
        answer = await caller.post("/imports", content=HEADER + ROW, **asked)  # type: ignore[arg-type]
        assert answer.status_code == 202, answer.text
        yield caller, answer.headers["location"].removeprefix("/samsyn/v1")


async def until_ended(caller: httpx.AsyncClient, address: str) -> str:
    """What the end of a file says."""

    async def failed() -> Any:
        found = (await caller.get(address)).json()
        return found["failure"] if found["state"] == "failed" else None

    return str(await wait_until(failed, what="the file's end"))


async def test_what_waits_ends_with_its_client_its_key_or_its_organisation(
    rows: asyncpg.Connection, reports_url: str, bus: Bus
) -> None:
    """credential.ended, organisation.changed: with a sentence, and without its rows; a colleague's goes on waiting."""
    by_key, stays = colleague(key_id="key_1"), colleague()
    left = OrganisationChanged(
        sequence=2, organisation_id=ME.organisation_id, name="x", kind="housing", areas=[], active=False
    )
    reader = credential(by_key, credential="key_1", handed_to=stays.client_id, role="member", scopes=["reports:read"])
    async with sent(reports_url, stays) as (other, waits):
        for who, end in ((ME, credential(ME)), (by_key, reader)):
            async with sent(reports_url, who) as (caller, address):
                await tell(bus, end)
                assert "shut out" in await until_ended(caller, address)
        assert (await other.get(waits)).json()["state"] == "received"
        await tell(bus, left)
        await until_ended(other, waits)
    assert await rows.fetchval("SELECT count(*) FROM import_chunks") == 0


async def test_what_waits_goes_to_its_heir(rows: asyncpg.Connection, reports_url: str, bus: Bus) -> None:
    """credential.ended with an heir that may send files: the reports are the heir's, and end with nobody else."""
    heir = colleague()
    async with sent(reports_url, ME) as (caller, address):
        await tell(bus, credential(ME, handed_to=heir.client_id, role="member", scopes=["reports:write"]))

        async def handed_over() -> bool:
            return bool(await rows.fetchval("SELECT client_id FROM imports") == heir.client_id)

        await wait_until(handed_over, what="the file to be the heir's")
        await rows.execute("SELECT pg_advisory_unlock_all()")

        async def done() -> bool:
            return bool((await caller.get(address)).json()["state"] == "done")

        await wait_until(done, what="the file to be read in")
    assert await rows.fetchval("SELECT client_id FROM reports") == heir.client_id


async def test_what_is_on_its_way_ends_too(rows: asyncpg.Connection, reports_url: str, bus: Bus) -> None:
    """POST /imports by a client that is stopped in the middle: the answer says so, and nothing of the file is kept."""

    async def slowly() -> AsyncIterator[bytes]:
        yield (HEADER + ROW).encode() + b" " * (1 << 20)
        await wait_until(lambda: rows.fetchval("SELECT true FROM import_chunks"), what="its first part")
        await tell(bus, credential(ME))
        await wait_until(lambda: rows.fetchval("SELECT true FROM imports WHERE state = 'failed'"), what="its end")
        yield ROW.encode()

    async with client(reports_url, service="reports", principal=ME) as caller:
        await caller.put("/mappings/m", json=MAPPING)
        asked = {"params": {"mapping": "m"}, "headers": {"Content-Type": "text/csv"}}
        answer = await caller.post("/imports", content=slowly(), **asked)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["state"]) == (202, "failed")
    assert await rows.fetchval("SELECT count(*) FROM import_chunks") == 0
