"""A POST under an Idempotency-Key has its effect once, and its answer as often as it is sent."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import text

from shared.access import Principal
from shared.access.door import INTERNAL_ISSUER, Door, may
from shared.database import Database, Session
from shared.errors import Conflict
from shared.http.edge import Edge
from shared.http.once import Once
from shared.http.problems import add_problem_handlers
from shared.privacy.request_ids import is_request_id
from tests.integration.kit.http.edge_app import is_problem
from tests.support.look.statements import statements_of
from tests.support.make.kit import rows
from tests.support.servers import postgres as support
from tests.support.servers.services import INTERNAL_KEY, client, make_principal, running

Writer = Annotated[Principal, may("reports:write")]
COUNTED = "SELECT number FROM item"


class Wanted(BaseModel):
    """How much is to be added."""

    step: int = 1


class Total(BaseModel):
    """What it came to."""

    number: int


def counting(database: Database) -> FastAPI:
    """An app that counts, with an answer that comes of the work and with one that is known before it."""
    app = FastAPI(openapi_url=None)
    app.state.door = Door(INTERNAL_KEY, issuer=INTERNAL_ISSUER, audience="kit")
    app.state.database = database
    add_problem_handlers(app)

    async def count(session: Session, step: int) -> int:
        number = await session.scalar(
            text(
                "INSERT INTO item (name, number) VALUES ('it', :step)"
                " ON CONFLICT (name) DO UPDATE SET number = item.number + :step RETURNING number"
            ),
            {"step": step},
        )
        if number == 13:
            raise Conflict("Not this one.", code="name-taken", of=())
        return int(number or 0)

    @app.post("/count", status_code=201)
    async def add(wanted: Wanted, session: Session, caller: Writer, once: Once) -> Total:
        async def work() -> Total:
            return Total(number=await count(session, wanted.step))

        return await once(caller, Total, work)

    @app.post("/known", status_code=202)
    async def add_known(wanted: Wanted, session: Session, caller: Writer, once: Once) -> Total:
        async def work() -> None:
            await count(session, wanted.step)

        return await once.known(caller, Total(number=wanted.step), work)

    app.add_middleware(Edge, body_limit_bytes=50_000, timeout_s=10, generous={}, keeps_id=is_request_id)
    return app


@pytest.fixture
def app(database: Database) -> FastAPI:
    """The app that counts."""
    return counting(database)


@pytest.fixture
async def caller(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who may count."""
    async with running(app) as url, client(url, service="kit", principal=make_principal()) as found:
        yield found


async def count(caller: httpx.AsyncClient, key: str, step: int = 1, *, path: str = "/count") -> httpx.Response:
    """Count under a key."""
    return await caller.post(path, json={"step": step}, headers={"Idempotency-Key": key})


@pytest.mark.parametrize(("path", "status", "more"), [("/count", 201, 2), ("/known", 202, 1)])
async def test_the_same_key_gives_the_same_answer(
    app: FastAPI, caller: httpx.AsyncClient, tables: support.Database, path: str, status: int, more: int
) -> None:
    """The work is done once, at the price of so many statements; the answer comes again, with its status."""
    with statements_of(app) as said:
        first = await count(caller, "k", 5, path=path)
    assert len(said) == 1 + more
    again = await count(caller, "k", 5, path=path)
    assert (first.status_code, first.json()) == (again.status_code, again.json()) == (status, {"number": 5})
    assert await rows(tables, COUNTED) == [(5,)]
    assert await rows(tables, "SELECT status FROM idempotency") == [(status,)]
    assert (await count(caller, "another", 5, path=path)).status_code == status
    assert await rows(tables, COUNTED) == [(10,)]


async def test_another_request_under_the_same_key(caller: httpx.AsyncClient, tables: support.Database) -> None:
    """Another body, or another operation, is told so and changes nothing."""
    await count(caller, "k", 5)
    is_problem(await count(caller, "k", 6), 422, "idempotency-key-reused")
    is_problem(await count(caller, "k", 5, path="/known"), 422, "idempotency-key-reused")
    assert await rows(tables, COUNTED) == [(5,)]


async def test_what_was_refused_may_be_tried_again(caller: httpx.AsyncClient, tables: support.Database) -> None:
    """A refusal has no effect, so it keeps no key."""
    is_problem(await count(caller, "k", 13), 409, "name-taken")
    assert await rows(tables, "SELECT FROM idempotency") == []
    await count(caller, "another")
    assert (await count(caller, "k", 13)).json() == {"number": 14}


async def test_at_the_same_moment(caller: httpx.AsyncClient, tables: support.Database) -> None:
    """Whoever comes second waits for the first, and gets its answer."""
    answers = await asyncio.gather(*(count(caller, "k", 5) for _ in range(5)))
    assert {answer.text for answer in answers} == {'{"number":5}'}
    assert await rows(tables, COUNTED) == [(5,)]


async def test_a_key_is_needed(caller: httpx.AsyncClient) -> None:
    """400 that names the header."""
    body = is_problem(await caller.post("/count", json={}), 400, "malformed")
    assert "Idempotency-Key" in body["detail"]
