"""A commit that fails is told to the caller: what PostgreSQL refuses at COMMIT alone must never have answered 201."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database import Database, Session
from shared.http.edge import Edge
from shared.http.problems import add_problem_handlers
from shared.privacy.request_ids import is_request_id
from tests.support.make.kit import rows
from tests.support.servers import postgres as support
from tests.support.servers.postgres import connected
from tests.support.servers.services import running

# The check of a deferred constraint is put off until COMMIT, so no statement before it fails.
_DEFERRED = """
    CREATE TABLE IF NOT EXISTS late (
        name text CONSTRAINT uq_late UNIQUE DEFERRABLE INITIALLY DEFERRED
    )
"""


async def _unscoped(request: Request) -> AsyncIterator[AsyncSession]:
    database: Database = request.app.state.database
    async with database.sessions() as session, session.begin():
        yield session


Unscoped = Annotated[AsyncSession, Depends(_unscoped)]  # as `Session`, without scope="function"


@pytest.fixture
async def caller(database: Database, tables: support.Database) -> AsyncIterator[httpx.AsyncClient]:
    """A caller of an app that stores names: with the kit's session, and with one that lacks its scope."""
    async with connected(tables.owner_url) as owner:
        await owner.execute(_DEFERRED)
        await owner.execute("TRUNCATE late")
    app = FastAPI(openapi_url=None)
    app.state.database = database
    add_problem_handlers(app)

    @app.post("/names/{name}", status_code=201)
    async def add_name(name: str, session: Session) -> str:
        await session.execute(text("INSERT INTO late VALUES (:name)"), {"name": name})
        return name

    @app.post("/unscoped/{name}", status_code=201)
    async def add_name_unscoped(name: str, session: Unscoped) -> str:
        await session.execute(text("INSERT INTO late VALUES (:name)"), {"name": name})
        return name

    app.add_middleware(Edge, body_limit_bytes=10_000, timeout_s=5, generous={}, keeps_id=is_request_id)
    async with running(app) as url, httpx.AsyncClient(base_url=url) as caller:
        yield caller


async def check_a_refused_commit(caller: httpx.AsyncClient, tables: support.Database, path: str) -> None:
    """Store a name twice; only COMMIT refuses the second, and the caller is told."""
    assert (await caller.post(f"{path}/anna")).status_code == 201
    second = await caller.post(f"{path}/anna")
    assert len(await rows(tables, "SELECT FROM late")) == 1
    assert second.status_code == 500, f"answered {second.status_code} although nothing was stored"


async def test_a_commit_that_fails_does_not_answer_201(caller: httpx.AsyncClient, tables: support.Database) -> None:
    """The session's end belongs to the operation, not to what comes after its answer."""
    await check_a_refused_commit(caller, tables, "/names")
    assert (await caller.post("/names/berit")).status_code == 201


async def test_the_scope_is_what_does_it(caller: httpx.AsyncClient, tables: support.Database) -> None:
    """Without it the same check fails: the caller holds a 201 for a row that does not exist."""
    with pytest.raises(AssertionError, match="answered 201"):
        await check_a_refused_commit(caller, tables, "/unscoped")
