"""The reports service, put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from zoneinfo import ZoneInfo

import structlog
from fastapi import FastAPI

from services.reports import queries, routes
from services.reports.domain import Ground
from services.reports.settings import Settings
from shared.database import is_passing
from shared.geo import AreaIndex
from shared.service import background, create_service
from shared.settings import read

log = structlog.get_logger()


def build(settings: Settings | None = None) -> FastAPI:
    """The service. Raises WrongSettings."""
    settings = settings or read(Settings)
    app = create_service("reports", settings, routers=[routes.router], lifespan=keep_areas)
    here = settings.municipality
    app.state.ground = Ground(zone=ZoneInfo(here.time_zone), crs=here.crs, areas=AreaIndex(()))
    return app


@asynccontextmanager
async def keep_areas(app: FastAPI) -> AsyncIterator[None]:
    """Hold all areas in memory while the service lives, and load them again when an import has changed them."""

    async def reload() -> None:
        seen = 0
        while True:
            try:
                async with app.state.database.sessions() as session:
                    if (version := await queries.areas_version(session)) != seen:
                        await load_areas(app)
                        seen = version
            except Exception as failure:
                if not is_passing(failure):
                    raise
                log.warning("areas.database_away", reason=type(failure).__name__)
            await asyncio.sleep(app.state.settings.areas_reload_s)

    async with background("areas", reload):
        yield


async def load_areas(app: FastAPI) -> None:
    """Put the current areas in place of those in memory."""
    ground: Ground = app.state.ground
    async with app.state.database.sessions() as session:
        index = await queries.load_areas(session)
    app.state.ground = Ground(zone=ground.zone, crs=ground.crs, areas=index)
