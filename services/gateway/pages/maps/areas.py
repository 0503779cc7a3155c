"""The municipality's areas with their shapes, kept in memory until one of them changes."""

import asyncio

from fastapi import Request

from services.gateway.pages.maps.places import Place, places_of
from services.gateway.readmodel import queries
from shared.database import Session
from shared.geo.areas import areas_version


async def known_places(request: Request, session: Session) -> dict[str, Place]:
    """The areas by code, parents first. Reading and projecting them costs most of a page, so they are kept."""
    version = await areas_version(session)
    kept: tuple[int, dict[str, Place]] | None = getattr(request.app.state, "places", None)
    if kept is None or kept[0] != version:
        crs = request.app.state.settings.municipality.crs
        rows = await queries.map_shapes(session)
        kept = request.app.state.places = (version, await asyncio.to_thread(places_of, rows, crs=crs))
    return kept[1]


async def all_places(request: Request) -> dict[str, Place]:
    """The same, in a transaction of its own."""
    async with request.app.state.database.sessions() as session, session.begin():
        return await known_places(request, session)
