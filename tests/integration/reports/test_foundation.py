"""What an installation was begun with is held to, as soon as something was taken in by it."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from deploy.serve import migrate
from services.reports import foundation
from shared.database.engine import asyncpg_url
from shared.settings import Municipality, WrongSettings
from tests.support.servers.postgres import DatabaseServer

BEGUN: dict[str, Any] = {
    "name": "Testby", "code": "9999", "crs": "EPSG:3006", "time_zone": "Europe/Stockholm", "cycle_days": 14,
}  # fmt: skip
OTHER = {
    "code": "2380",
    "crs": "EPSG:3012",
    "time_zone": "Europe/Helsinki",
    "cycle_days": 7,
    "cycle_start": "2024-01-02",
}


async def test_what_was_taken_in_holds_the_settings(postgres: DatabaseServer) -> None:
    """Free to change while nothing was; then each that differs is named with what it must be, and none else."""
    database = await postgres.migrated("reports")
    engine = create_async_engine(asyncpg_url(database.url))
    sessions: async_sessionmaker[AsyncSession] = async_sessionmaker(engine)
    try:
        await foundation.keep(sessions, Municipality(**BEGUN | OTHER))
        await foundation.keep(sessions, Municipality(**BEGUN))
        async with sessions() as session, session.begin():
            await session.execute(
                sa.text(
                    "INSERT INTO area_imports (version, organisation_id, client_id, source, crs, added, changed,"
                    " retired, unchanged) VALUES (1, gen_random_uuid(), 'c', 'geojson', 'EPSG:4326', 1, 0, 0, 0)"
                )
            )
        await foundation.keep(sessions, Municipality(**BEGUN | {"name": "Nyby", "cycle_start": "2024-01-15"}))
        await foundation.keep(sessions, Municipality(**BEGUN, publication_days=1))
        with pytest.raises(WrongSettings) as wrong:
            await foundation.keep(sessions, Municipality(**BEGUN | OTHER))
        assert [each.split()[0] for each in wrong.value.faults] == [
            f"MUNICIPALITY_{name.upper()}" for name in foundation.FIELDS
        ]
        environ = {"REPORTS_MIGRATION_URL": database.owner_url, "MUNICIPALITY_CRS": "EPSG:3012"}
        with pytest.raises(WrongSettings, match="MUNICIPALITY_CRS must stay EPSG:3006"):
            await asyncio.to_thread(migrate, ["reports"], environ=environ)
        await asyncio.to_thread(migrate, ["reports"], environ=environ | {"MUNICIPALITY_CRS": "EPSG:3006"})
        async with sessions() as session, session.begin():
            published = "INSERT INTO publications VALUES (1, '2026-01-04', 7, now()), (2, '2026-01-11', 7, now())"
            await session.execute(sa.text(published))
        environ |= {"MUNICIPALITY_CRS": "EPSG:3006", "MUNICIPALITY_PUBLICATION_DAYS": "1"}
        with pytest.raises(WrongSettings, match="MUNICIPALITY_PUBLICATION_DAYS must stay 7"):
            await asyncio.to_thread(migrate, ["reports"], environ=environ)
        with pytest.raises(WrongSettings, match="MUNICIPALITY_PUBLICATION_DAYS must stay 7"):
            await foundation.keep(sessions, Municipality(**BEGUN, publication_days=1))
    finally:
        await engine.dispose()
        await postgres.drop_database(database)
