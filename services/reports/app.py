"""The reports service, put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from services.reports import foundation, searching
from services.reports.apart.reading import readers
from services.reports.areas import files as area_files
from services.reports.areas import routes as areas
from services.reports.areas.staging import forget_files
from services.reports.areas.work import keep_areas, load_areas
from services.reports.files import consumers
from services.reports.files import routes as files
from services.reports.files.domain.workbooks import MOST_SHEET_BYTES
from services.reports.files.work import work_off_imports
from services.reports.ground import Ground
from services.reports.intake import categories, counting
from services.reports.intake import routes as intake
from services.reports.intake.export import Exports
from services.reports.lagesbild import routes as lagesbild
from services.reports.mappings import routes as mappings
from services.reports.placements import routes as placements
from services.reports.placements.work import count_moving, foresee_moves, place_anew
from services.reports.publications.work import keep_publishing
from services.reports.review import routes as review
from services.reports.settings import Settings
from services.reports.suggestions import routes as suggestions
from shared.access.memory import Memory
from shared.service import background, create_service
from shared.settings import read
from shared.travel import endings
from shared.turns import Turns
from shared.working import Wake

# In the order in which their operations are described; `placements` before the areas by their codes, `counting` before
# the reports by their ids.
ROUTERS = [
    each.router
    for each in (
        placements,
        areas,
        area_files,
        files,
        lagesbild,
        suggestions,
        mappings,
        counting,
        intake,
        categories,
        review,
    )
]


def build(settings: Settings | None = None) -> FastAPI:
    """The service. Raises WrongSettings."""
    settings = settings or read(Settings)
    large = (settings.body_limit_bytes, settings.request_timeout_s)
    of_files = (settings.import_limit_bytes, settings.import_timeout_s)
    app = create_service(
        "reports",
        settings,
        routers=ROUTERS,
        consumers=[consumers.consumer],
        forgets=[endings.forget, forget_files],
        lifespan=beside_requests,
        generous={
            "/imports": of_files,
            "/reports/batch": large,
            # A workbook whole, for its sheets lie anywhere in it.
            "/mappings/suggest": (MOST_SHEET_BYTES, settings.import_timeout_s),
            "/mappings": large,
            "/areas/imports": (settings.areas_limit_bytes, settings.request_timeout_s),
            "/areas/files": (settings.areas_limit_bytes, settings.request_timeout_s),
            "/reports.csv": (settings.body_limit_bytes, settings.export_timeout_s),
        },
    )
    here = settings.municipality
    app.state.ground = Ground(zone=ZoneInfo(here.time_zone), crs=here.crs)
    app.state.search_configuration = searching.configuration(here.language)
    app.state.reload_areas = partial(load_areas, app)
    app.state.count_moving = partial(count_moving, app)
    app.state.foresee_moves = partial(foresee_moves, app)
    app.state.readers = readers()
    app.state.parts = Turns("parts of files", places=100_000, share=1, waiting=100, patience_s=60)
    app.state.exports = Exports(settings)
    app.state.published = Memory()
    app.state.files_waiting, app.state.placements_waiting = Wake(), Wake()
    return app


@asynccontextmanager
async def beside_requests(app: FastAPI) -> AsyncIterator[None]:
    """What goes on while the service lives.

    Looking once whether the settings fit the data; keeping the areas in memory, working off files, placing reports
    anew, publishing the counts of what is over.
    """
    here = app.state.settings.municipality
    async with (
        background("foundation", lambda: foundation.keep(app.state.database.sessions, here)),
        background("areas", partial(keep_areas, app)),
        background("imports", partial(work_off_imports, app)),
        background("placements", partial(place_anew, app)),
        background("publications", partial(keep_publishing, app)),
    ):
        yield
    await app.state.exports.database.stop()
