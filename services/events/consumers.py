"""Messages in: this service keeps its own copy of areas, in its database and from there in memory."""

from collections.abc import Sequence
from functools import partial

from fastapi import FastAPI

from services.events.placements.queries import load_ground
from shared.database import Session
from shared.geo import areas as copies
from shared.messages.reports import AreaChanged
from shared.travel.consumer import Consumer
from shared.travel.envelope import Incoming
from shared.working import keep_current

consumer = Consumer("events")


@consumer.on_batch(AreaChanged)
async def on_area_changed(session: Session, batch: Sequence[Incoming]) -> None:
    """Keep the copy of areas current; an older version changes nothing."""
    await copies.store_areas(session, [each.message for each in batch if isinstance(each.message, AreaChanged)])


async def keep_areas(app: FastAPI) -> None:
    """Load the copy again whenever any process has changed it; looks every `areas_reload_s` seconds."""
    database, every_s = app.state.database, app.state.settings.areas_reload_s
    await keep_current("areas", database.sessions, copies.areas_version, partial(load_areas, app), every_s=every_s)


async def load_areas(app: FastAPI) -> None:
    """Put the current areas in place of those in memory."""
    async with app.state.database.sessions() as session:
        app.state.ground = await load_ground(session, app.state.ground)
