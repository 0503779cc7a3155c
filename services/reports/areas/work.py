"""Keeps the areas in memory as they are in the database, whichever process changed them."""

import asyncio

import structlog
from fastapi import FastAPI

from services.reports.areas import queries
from services.reports.ground import Ground
from shared.database import is_passing

log = structlog.get_logger()


async def keep_areas(app: FastAPI) -> None:
    """Load all areas again whenever an import has changed them; looks every `areas_reload_s` seconds."""
    seen = -1
    while True:
        try:
            async with app.state.database.sessions() as session:
                version = await queries.areas_version(session)
            if version != seen:
                await load_areas(app)
                seen = version
        except Exception as failure:
            if not is_passing(failure):
                raise
            log.warning("areas.database_away", reason=type(failure).__name__)
        await asyncio.sleep(app.state.settings.areas_reload_s)


async def load_areas(app: FastAPI) -> None:
    """Put the current areas in place of those in memory."""
    ground: Ground = app.state.ground
    async with app.state.database.sessions() as session:
        app.state.ground = await queries.load_ground(session, zone=ground.zone, crs=ground.crs)
