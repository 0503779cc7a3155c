"""The walks service, put together."""

from zoneinfo import ZoneInfo

from fastapi import FastAPI

from services.walks import consumers
from services.walks.corrections import routes as corrections
from services.walks.safety import routes
from services.walks.settings import Settings
from shared.service import create_service
from shared.settings import read


def build(settings: Settings | None = None) -> FastAPI:
    """The service. Raises WrongSettings."""
    settings = settings or read(Settings)
    app = create_service("walks", settings, routers=[routes.router, corrections.router], consumers=[consumers.consumer])
    app.state.zone = ZoneInfo(settings.municipality.time_zone)
    return app
