"""What a POST costs before Samsyn does anything: FastAPI, one session, three statements and a commit.

The yardstick of a machine: where the targets were set this gave 770 a second, and everything else is to be read by it.
"""

import os
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import uuid4

import orjson
from fastapi import Depends, FastAPI, Header
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from shared.database import asyncpg_url

TABLES = """
    CREATE TABLE keys (key text PRIMARY KEY, body text);
    CREATE TABLE reports (id text PRIMARY KEY, category text, lon float, lat float, text text);
    CREATE TABLE outbox (id bigserial PRIMARY KEY, key text, value text);
"""
_KEEP = text("INSERT INTO keys (key, body) VALUES (:key, :body) ON CONFLICT DO NOTHING")
_STORE = text("INSERT INTO reports (id, category, lon, lat, text) VALUES (:id, :category, :lon, :lat, :text)")
_TELL = text("INSERT INTO outbox (key, value) VALUES (:key, :value)")


class NewReport(BaseModel):
    """The body."""

    category: str
    lon: float
    lat: float
    text: str


class Receipt(BaseModel):
    """The answer."""

    id: str


app = FastAPI()
_engine = create_async_engine(asyncpg_url(os.environ.get("BARE_DATABASE_URL", "postgresql://127.0.0.1/")), pool_size=10)
_sessions = async_sessionmaker(_engine, expire_on_commit=False)


async def _session() -> AsyncIterator[AsyncSession]:
    async with _sessions() as session, session.begin():
        yield session


@app.post("/reports", status_code=201)
async def submit(
    body: NewReport,
    session: Annotated[AsyncSession, Depends(_session, scope="function")],
    key: Annotated[str, Header(alias="Idempotency-Key")],
) -> Receipt:
    """Store it under its key, and tell it."""
    made = str(uuid4())
    await session.execute(_KEEP, {"key": key, "body": made})
    await session.execute(_STORE, {"id": made, **body.model_dump()})
    await session.execute(_TELL, {"key": made, "value": orjson.dumps({"id": made}).decode()})
    return Receipt(id=made)


@app.get("/readyz")
async def ready() -> dict[str, str]:
    """It answers."""
    return {}
