"""The municipality's areas with their shapes, kept in memory until one of them changes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request

from services.gateway.pages.maps.places import places_of
from services.gateway.pages.maps.tree import Place
from services.gateway.pages.speech.language import gettext as _
from services.gateway.readmodel import queries
from shared.database import Session
from shared.geo.areas import areas_version


@dataclass(slots=True)
class KnownPlaces:
    """The areas as they were read last, and which version of them; None before.

    called: names by code and whether they are in use, of retired areas too, in which things of before still stand.
    """

    version: int | None = None
    places: dict[str, Place] = field(default_factory=dict)
    called: dict[str, tuple[str, bool]] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, str]:
        """Names by code, in this reader's language where an area is no longer in use."""
        retired = _("{area} (no longer in use)")
        return {code: name if active else retired.format(area=name) for code, (name, active) in self.called.items()}


async def known_places(request: Request, session: Session) -> dict[str, Place]:
    """The areas by code, parents first. Reading and projecting them costs most of a page, so they are kept."""
    known: KnownPlaces = request.app.state.pages.places
    version = await areas_version(session)
    if known.version != version:
        crs = request.app.state.settings.municipality.crs
        rows, known.called = await queries.list_map_areas(session), await queries.area_names(session)
        known.places, known.version = await asyncio.to_thread(places_of, rows, crs=crs), version
    return known.places


async def all_places(request: Request) -> dict[str, Place]:
    """The same, in a transaction of its own."""
    async with request.app.state.database.sessions() as session, session.begin():
        return await known_places(request, session)


async def area_names(request: Request) -> Mapping[str, str]:
    """What areas are called by code, retired ones too."""
    await all_places(request)
    names: Mapping[str, str] = request.app.state.pages.places.names
    return names
