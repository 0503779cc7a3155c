"""Who was let in at the head of a request and is shut out before its last byte: nothing is done with what they sent."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import orjson
import pytest
from fastapi import FastAPI

from services.gateway.access import partners, people
from shared.http.edge import SLOW_BODY_S
from tests.integration.gateway.conftest import PEPPER, new_client
from tests.support.make.forms import filled, send
from tests.support.make.imports import HEADER, MAPPING
from tests.support.make.people import Visitor
from tests.support.make.reports import make_report
from tests.support.servers.postgres import Database, connected
from tests.support.servers.services import new_key, wait_until

ROW = "R-1,order,2026-11-20,14.64,63.1765,Skräp\n"
OVERVIEW = "/samsyn/v1/overview"
Visit = Callable[..., Awaitable[Visitor]]


async def slowly(body: bytes, *, meanwhile: Callable[[], Awaitable[None]]) -> AsyncIterator[bytes]:
    """A body whose last byte comes once it was long on its way and something happened."""
    began = time.monotonic()
    yield body[:-1]
    await meanwhile()
    await wait_until(lambda: time.monotonic() - began > 1.5 * SLOW_BODY_S, what="the body to be a slow one")
    yield body[-1:]


async def changed(app: FastAPI, change: Callable[..., Awaitable[Any]], *of: Any, **how: Any) -> Any:
    """Make a change in a transaction of its own."""
    async with app.state.database.sessions() as session, session.begin():
        return await change(session, *of, **how, actor="test")


@pytest.fixture
async def keyed(clean: None, gateway_app: FastAPI, gateway_url: str) -> AsyncIterator[tuple[httpx.AsyncClient, UUID]]:
    """A client that calls by an API key, and the key's id."""
    _, client_id, _ = await new_client(gateway_app, "housing", "member", (), None)
    now = datetime.now(UTC)
    key_id, key = await changed(gateway_app, partners.add_api_key, client_id, expires_at=None, pepper=PEPPER, now=now)
    async with httpx.AsyncClient(base_url=gateway_url, timeout=20, headers={"X-API-Key": key}) as caller:
        await wait_until(lambda: answers(caller, 200), what="the key to be known")
        yield caller, key_id


async def answers(caller: httpx.AsyncClient, status: int) -> bool:
    """Whether a short request has this answer."""
    return (await caller.get(OVERVIEW)).status_code == status


async def nothing() -> None:
    """Nothing happens."""


async def count(database: Database, table: str) -> int:
    """Rows of a table."""
    async with connected(database.admin_url) as admin:
        return int(await admin.fetchval(f"SELECT count(*) FROM {table}"))


@pytest.mark.parametrize("path", ["/reports", "/imports"])
async def test_a_key_that_is_revoked_while_a_body_comes_in(
    keyed: tuple[httpx.AsyncClient, UUID], gateway_app: FastAPI, reports_database: Database, path: str
) -> None:
    """POST /samsyn/v1/...: 401 as for any key that was, of a body that is held and of one that is passed on."""
    caller, key_id = keyed
    assert (await caller.put("/samsyn/v1/mappings/m", json=MAPPING)).status_code == 200
    asked: dict[str, Any] = {"headers": new_key() | {"Content-Type": "application/json"}}
    body = orjson.dumps(make_report())
    if path == "/imports":
        asked = {"headers": {"Content-Type": "text/csv"}, "params": {"mapping": "m"}}
        body = (HEADER + ROW).encode()
    table = path.removeprefix("/")

    async def revoke() -> None:
        await changed(gateway_app, partners.revoke_api_key, key_id, now=datetime.now(UTC))
        await wait_until(lambda: answers(caller, 401), what="the key's end to be known")

    sent = await caller.post(f"/samsyn/v1{path}", content=slowly(body, meanwhile=nothing), **asked)
    assert sent.status_code in (201, 202), sent.text
    before = await count(reports_database, table)
    refused = await caller.post(f"/samsyn/v1{path}", content=slowly(body, meanwhile=revoke), **asked)
    assert (refused.status_code, refused.headers["content-type"]) == (401, "application/problem+json")
    assert "revoked" in refused.json()["detail"]
    assert await count(reports_database, table) == before


@pytest.mark.parametrize("stopped", ["client", "organisation"])
async def test_a_client_that_is_stopped_and_started_while_a_body_comes_in(
    partner: Any, gateway_app: FastAPI, reports_database: Database, stopped: str
) -> None:
    """POST /samsyn/v1/reports with a token of before: 401, although its client is let in again by then."""
    caller = await partner(kind="housing", role="member")
    organisation_id = UUID(caller.headers["X-Test-Organisation"])

    async def stop_and_start() -> None:
        (client_id,) = [
            id_ for id_, each in gateway_app.state.directory.clients.items()
            if each.principal.organisation_id == organisation_id
        ]  # fmt: skip
        change, of = partners.set_client_active, client_id
        if stopped == "organisation":
            change, of = partners.set_organisation_active, organisation_id  # type: ignore[assignment]
        for active in (False, True):
            await changed(gateway_app, change, of, active=active)
        await wait_until(lambda: answers(caller, 401), what="the token's end to be known")

    headers = new_key() | {"Content-Type": "application/json"}
    body = slowly(orjson.dumps(make_report()), meanwhile=stop_and_start)
    assert (await caller.post("/samsyn/v1/reports", content=body, headers=headers)).status_code == 401
    assert await count(reports_database, "reports") == 0


async def test_a_person_who_is_shut_out_while_a_form_comes_in(
    visit: Visit, gateway_app: FastAPI, reports_database: Database
) -> None:
    """POST /reports/{id}/correct: the sign-in instead (0037), the report as it was; saved of one who stays."""
    visitor = await visit(kind="housing", role="member")
    path = f"{await send(visitor)}/correct"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    async def stop() -> None:
        assert await changed(gateway_app, people.set_user_active, visitor.name, active=False)

    for meanwhile, status in ((nothing, 303), (stop, 403)):
        form = filled((await visitor.browser.get(path)).text) | {"text": f"Hög musik, {meanwhile.__name__}."}
        body = slowly(urlencode(form).encode(), meanwhile=meanwhile)
        answer = await visitor.browser.post(path, content=body, headers=kind)
        assert answer.status_code == status
        assert "corrected=1" in answer.headers["location"] if status == 303 else 'action="/sign-in"' in answer.text
    async with connected(reports_database.admin_url) as admin:
        assert await admin.fetchval("SELECT array_agg(text) FROM reports") == ["Hög musik, nothing."]
