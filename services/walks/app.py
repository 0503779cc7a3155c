"""The walks service, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from services.walks import consumers
from services.walks.corrections import routes as corrections
from services.walks.placements.work import place_anew
from services.walks.safety import routes
from services.walks.settings import Settings
from shared.service import background, create_service
from shared.settings import read


def build(settings: Settings | None = None) -> FastAPI:
    """The service. Raises WrongSettings."""
    settings = settings or read(Settings)
    app = create_service(
        "walks",
        settings,
        routers=[routes.router, corrections.router],
        consumers=[consumers.consumer],
        lifespan=beside_requests,
    )
    app.state.zone = ZoneInfo(settings.municipality.time_zone)
    return app


@asynccontextmanager
async def beside_requests(app: FastAPI) -> AsyncIterator[None]:
    """Place walks and findings anew when the areas change."""
    async with background("placing", partial(place_anew, app)):
        yield
