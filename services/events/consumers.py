"""Messages in: this service keeps its own copy of areas, in its database and from there in memory."""

import asyncio
from collections.abc import Sequence

import structlog
from fastapi import FastAPI

from services.events.ground import Ground
from shared.database import Session, is_passing
from shared.geo import areas as copies
from shared.geo.geometry import AreaIndex
from shared.messages.reports import AreaChanged
from shared.travel.consumer import Consumer
from shared.travel.envelope import Incoming

log = structlog.get_logger()

consumer = Consumer("events")


@consumer.on_batch(AreaChanged)
async def on_area_changed(session: Session, batch: Sequence[Incoming]) -> None:
    """Keep the copy of areas current; an older version changes nothing."""
    await copies.store_areas(session, [each.message for each in batch if isinstance(each.message, AreaChanged)])


async def keep_areas(app: FastAPI) -> None:
    """Load the copy again whenever any process has changed it; looks every `areas_reload_s` seconds."""
    seen = -1
    while True:
        try:
            async with app.state.database.sessions() as session:
                version = await copies.areas_version(session)
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
    here: Ground = app.state.ground
    async with app.state.database.sessions() as session:
        known = await copies.load_areas(session)
        shapes = await copies.load_shapes(session)
    app.state.ground = Ground(
        zone=here.zone,
        crs=here.crs,
        areas=AreaIndex(shapes),
        paths={area.code: area.path for area in known.values()},
        in_use=frozenset(area.code for area in known.values() if area.active),
    )
