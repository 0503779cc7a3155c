"""The events service, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from services.events import consumers
from services.events.ground import Ground
from services.events.placements.work import place_anew
from services.events.register import routes
from services.events.register.domain import Nearness
from services.events.settings import Settings
from shared.service import background, create_service
from shared.settings import read


def build(settings: Settings | None = None) -> FastAPI:
    """The service. Raises WrongSettings."""
    settings = settings or read(Settings)
    app = create_service(
        "events", settings, routers=[routes.router], consumers=[consumers.consumer], lifespan=beside_requests
    )
    here = settings.municipality
    app.state.ground = Ground(zone=ZoneInfo(here.time_zone), crs=here.crs)
    app.state.near = Nearness(margin=timedelta(hours=settings.clash_margin_h), distance_m=settings.clash_distance_m)
    return app


@asynccontextmanager
async def beside_requests(app: FastAPI) -> AsyncIterator[None]:
    """Hold all areas in memory while the service lives, and place gatherings anew when those change."""
    async with (
        background("areas", partial(consumers.keep_areas, app)),
        background("placing", partial(place_anew, app)),
    ):
        yield
