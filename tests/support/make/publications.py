"""Publications made before a unit of days is over by itself, and read models that hold one."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import asyncpg
from fastapi import FastAPI

from services.reports.publications.work import publish_due

KEY = bytes(range(32)).hex()


async def publish(app: FastAPI, *, now: datetime | None = None) -> int | None:
    """Have the reports service publish what is due, as it does a minute after all reports of a history have come."""
    return await publish_due(app, now=now or datetime.now(UTC) + timedelta(minutes=1))


async def add_published(
    rows: asyncpg.Connection, unit: date, counts: Mapping[tuple[str, str], int], *, parents: Mapping[str, str]
) -> None:
    """Let the gateway know a publication of one unit: reports of somebody else by (area, category)."""
    number = 1 + (await rows.fetchval("SELECT coalesce(max(publication), 0) FROM published"))
    told = [[0, area, category, n] for (area, category), n in counts.items()]
    await rows.execute(
        "INSERT INTO published_parts (unit, publication, part, secret, parents, organisations, rows)"
        " VALUES ($1, $2, 1, $3, $4, $5, $6)",
        unit, number, KEY, json.dumps(parents), json.dumps([str(uuid4())]), json.dumps(told),
    )  # fmt: skip
    await rows.execute("INSERT INTO published VALUES ($1, $2)", number, unit + timedelta(days=6))
