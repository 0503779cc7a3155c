"""Keeps the areas in memory as they are in the database, whichever process changed them."""

from functools import partial

from fastapi import FastAPI

from services.reports.areas import queries
from services.reports.ground import Ground
from shared.working import keep_current


async def keep_areas(app: FastAPI) -> None:
    """Load all areas again whenever an import has changed them; looks every `areas_reload_s` seconds."""
    database, every_s = app.state.database, app.state.settings.areas_reload_s
    await keep_current("areas", database.sessions, queries.areas_version, partial(load_areas, app), every_s=every_s)


async def load_areas(app: FastAPI) -> None:
    """Put the current areas in place of those in memory."""
    ground: Ground = app.state.ground
    async with app.state.database.sessions() as session:
        app.state.ground = await queries.load_ground(session, zone=ground.zone, crs=ground.crs)
