"""samsyn rebuild: the read model made again from the bus is the one that was there."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
import pytest
from joserfc.jwk import OKPKey

from deploy.services import SERVICES
from services.gateway.app import build
from services.gateway.readmodel.rebuilding import rebuild
from services.gateway.settings import Settings
from shared.bus import Bus, Record
from shared.bus.opening import open_bus
from shared.errors import Conflict
from shared.messages import Message
from shared.messages.reports import AreaChanged, ReportCorrected, ReportReviewed, ReportSubmitted, ReportWithdrawn
from shared.service import open_database, topics_of
from shared.travel.envelope import seal
from tests.support.make.areas import SQUARE
from tests.support.servers.postgres import DatabaseServer, connected
from tests.support.servers.services import INTERNAL_KEY, INTERNAL_PUBLIC, running, wait_until

READ_MODEL = ("areas", "report_facts", "area_counts", "finding_facts", "gathering_facts", "feed")


def history() -> list[Message]:
    """Three reports: one corrected, one withdrawn, one found to be a duplicate; and the area they lie in."""
    first, second, third, sender = uuid4(), uuid4(), uuid4(), uuid4()
    common: dict[str, Any] = {
        "organisation_id": sender, "area_code": "01", "occurred_on": date(2026, 11, 20), "severity": 1,
    }  # fmt: skip
    return [
        AreaChanged(sequence=1, code="01", name="Torget", level=1, path=["01"], geometry=SQUARE, active=True),
        ReportSubmitted(sequence=1, report_id=first, category="order", **common),
        ReportSubmitted(sequence=1, report_id=second, category="order", **common),
        ReportCorrected(sequence=2, report_id=first, category="damage", **common),
        ReportWithdrawn(sequence=2, report_id=second, organisation_id=sender),
        ReportSubmitted(sequence=1, report_id=third, category="damage", **common),
        ReportReviewed(
            sequence=2, report_id=third, organisation_id=sender, outcome="duplicate", incident_id=first, counts=False
        ),
    ]


async def publish(bus: Bus, messages: list[Message]) -> None:
    """Put messages on the bus as a relay would."""
    await bus.ensure_topics([topic for name in SERVICES for topic in topics_of(name)])
    for each in (seal(message, source="reports") for message in messages):
        headers = tuple((name, value.encode()) for name, value in orjson.loads(each.headers).items())
        await bus.publish([Record(topic=each.topic, key=each.key, value=each.value, headers=headers)])


async def contents(connection: asyncpg.Connection) -> dict[str, list[Any]]:
    """Every row of the read model."""
    return {
        table: sorted(str(dict(row)) for row in await connection.fetch(f"SELECT * FROM {table}"))
        for table in READ_MODEL
    }


@asynccontextmanager
async def gateway(settings: Settings) -> AsyncIterator[None]:
    """The gateway, consuming."""
    async with running(build(settings)):
        yield


async def test_rebuilding_gives_the_same_read_model(postgres: DatabaseServer) -> None:
    """samsyn rebuild: every table comes back row for row, and the feed keeps its positions."""
    database, bus_database = await postgres.migrated("gateway"), await postgres.fresh_database("samsyn_bus")
    key = json.dumps(OKPKey.generate_key("Ed25519").as_dict(private=True))
    settings = Settings(
        database_url=database.url, bus_url=bus_database.owner_url, internal_public_key=INTERNAL_PUBLIC,
        internal_key=json.dumps(INTERNAL_KEY.as_dict(private=True)), token_key=key, pepper="a pepper for tests",
    )  # fmt: skip
    bus = open_bus(bus_database.owner_url)
    await bus.start()
    told = history()
    await publish(bus, told)
    async with connected(database.admin_url) as connection:

        async def consumed() -> bool:
            facts = await connection.fetchval("SELECT count(*) FROM inbox WHERE consumer = 'gateway'")
            return bool(facts == len(told))

        async with gateway(settings):
            await wait_until(consumed, what="the history to be consumed")
            before = await contents(connection)
            kept = open_database("gateway", settings)
            with pytest.raises(Conflict, match="running"):
                await rebuild(kept, bus)
            assert await contents(connection) == before
        assert [row.count("'reports': 1") for row in before["area_counts"]].count(1) == 1, before["area_counts"]

        await rebuild(kept, bus)
        await kept.stop()
        emptied = await contents(connection)
        assert [table for table, rows in emptied.items() if rows] == ["feed"]
        async with gateway(settings):
            await wait_until(consumed, what="the history to be consumed again")
        after = await contents(connection)
    await bus.stop()
    # Counts that fell to nothing on the way may stand as a row with 0 or not at all; they mean the same.
    assert {table: [row for row in rows if "'reports': 0" not in row] for table, rows in after.items()} == {
        table: [row for row in rows if "'reports': 0" not in row] for table, rows in before.items()
    }
    assert len(after["feed"]) == len(told)
