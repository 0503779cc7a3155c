"""An app behind the edge, with an operation for each thing that can happen to a request."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import httpx
from fastapi import FastAPI, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from shared import errors, telemetry
from shared.access import Principal
from shared.access.door import INTERNAL_ISSUER, Door, may
from shared.database import Database, Session
from shared.http.cursors import Cursor
from shared.http.edge import Edge
from shared.http.problems import After, RequestKey, add_problem_handlers
from shared.privacy.request_ids import is_request_id
from tests.support.servers.services import INTERNAL_KEY

LIMIT = 50_000
THINGS = Cursor("things", kinds=(int, UUID))
CUT_OFF = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'kit'
"""
PROBLEM = "application/problem+json"
REFUSALS: dict[str, tuple[errors.Refusal, int, str]] = {
    "malformed": (errors.Malformed("m"), 400, "malformed"),
    "unauthenticated": (errors.Unauthenticated("u"), 401, "unauthenticated"),
    "wrong-token": (errors.WrongToken("w"), 401, "unauthenticated"),
    "forbidden": (errors.Forbidden("f"), 403, "forbidden"),
    "not-found": (errors.NotFound("n"), 404, "not-found"),
    "conflict": (errors.Conflict("c", code="name-taken", of=()), 409, "name-taken"),
    "gone": (errors.Gone("g"), 410, "gone"),
    "stale": (errors.Stale("s"), 412, "stale"),
    "version-needed": (errors.VersionNeeded("v"), 428, "version-needed"),
    "too-large": (errors.TooLarge("t"), 413, "too-large"),
    "invalid": (errors.Invalid("i", errors=(errors.FieldError("/a", "bad", "is bad"),)), 422, "invalid"),
    "too-many": (errors.TooMany("t", retry_after_s=7), 429, "too-many"),
    "unavailable": (errors.Unavailable("u"), 503, "unavailable"),
}


Caller = Annotated[Principal, may("reports:read")]


class Thing(BaseModel):
    """A body."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=LIMIT)
    size: int = Field(ge=1, le=9)


def make_app(database: Database) -> FastAPI:
    """An app behind the edge, with one operation for each thing that can happen."""
    app = FastAPI(openapi_url=None)
    app.state.door = Door(INTERNAL_KEY, issuer=INTERNAL_ISSUER, audience="kit")
    app.state.database = database
    add_problem_handlers(app)
    add_routes(app)
    add_more_routes(app)
    app.add_middleware(
        Edge, body_limit_bytes=LIMIT, timeout_s=0.5, generous={"/generous": (LIMIT * 4, 5.0)}, keeps_id=is_request_id
    )
    return app


def add_routes(app: FastAPI) -> None:
    """The operations."""

    @app.get("/refuse/{kind}")
    async def refuse(kind: str) -> None:
        raise REFUSALS[kind][0]

    @app.post("/things", status_code=201)
    async def make_thing(thing: Thing, key: RequestKey, caller: Caller) -> dict[str, Any]:
        return {"length": len(thing.name), "trace": telemetry.current_traceparent()}

    @app.post("/generous", status_code=201)
    async def make_large_thing(thing: Thing, caller: Caller) -> dict[str, int]:
        await asyncio.sleep(0.7)
        return {"length": len(thing.name)}

    @app.get("/slow")
    async def slow(session: Session) -> None:
        await session.execute(text("INSERT INTO item (name) VALUES ('slow')"))
        await session.execute(text("SELECT pg_sleep(5)"))

    @app.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError("MARKER " + "secret")

    @app.get("/half")
    async def half() -> Response:
        async def body() -> AsyncIterator[bytes]:
            yield b"first"
            raise RuntimeError("MARKER")

        return StreamingResponse(body())


def add_more_routes(app: FastAPI) -> None:
    """Those that use the database, the caller and a cursor."""

    @app.get("/database")
    async def use_database(session: Session) -> int:
        return int(await session.scalar(text("SELECT 1")) or 0)

    @app.get("/mine")
    async def mine(caller: Caller) -> str:
        return caller.client_id

    @app.get("/list")
    async def list_things(cursor: After = None) -> list[Any] | None:
        return THINGS.decode(cursor)


def is_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Hold an answer to RFC 9457 and to our own additions; returns its body."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    body: dict[str, Any] = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "request_id", "errors"}
    assert (body["type"], body["status"]) == (f"urn:samsyn:problem:{code}", status)
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["title"]
    assert body["detail"].endswith((".", "bearer ...")) or len(body["detail"]) == 1
    return body
