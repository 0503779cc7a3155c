"""The municipality's areas: their tree, and what a map shows of them.

What needs shapes drawn is in `surveying`, which is imported when the first map is: its libraries take 25 MB that a
gateway before partners' systems alone never needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.gateway.pages.drawing import MapArea, MapFrame
from services.gateway.pages.speech.language import language

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Place:
    """An area with its shape in the municipality's projected system, metres. `path`: codes from the root to itself.

    Compared by identity, for what is drawn of it is kept as long as it is.
    """

    code: str
    name: str
    level: int
    path: tuple[str, ...]
    shape: BaseGeometry | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a map says of an area beside its name."""

    href: str
    said: str
    label: str
    count: int | None


def places_of(rows: Sequence[Any], *, crs: str) -> dict[str, Place]:
    """Areas by code, parents first, from rows with code, name, level, path and GeoJSON geometry (degrees, or None)."""
    from services.gateway.pages.maps.surveying import projected  # noqa: PLC0415 - see above

    return {
        row.code: Place(
            code=row.code, name=row.name, level=row.level, path=tuple(row.path), shape=projected(row.geometry, crs)
        )
        for row in rows
    }


def leaves(places: Mapping[str, Place], *, within: str | None) -> list[Place]:
    """The areas that hold no others, in one area or everywhere: together they tile the ground without overlap."""
    parents = {place.path[-2] for place in places.values() if len(place.path) > 1}
    return [
        place
        for place in places.values()
        if place.code not in parents and (within is None or within in place.path) and place.shape is not None
    ]


def by_parent(places: Mapping[str, Place]) -> dict[str | None, list[Place]]:
    """The areas directly in each area, by its code and in order of their codes; under None those in no known one."""
    inside: dict[str | None, list[Place]] = {}
    for place in sorted(places.values(), key=lambda each: each.code):
        parent = place.path[-2] if len(place.path) > 1 else None
        inside.setdefault(parent if parent in places else None, []).append(place)
    return inside


def drawn(
    places: Mapping[str, Place], tiles: Sequence[Place], shown: Mapping[str, Shown]
) -> tuple[list[MapArea], MapFrame]:
    """The tiles, in a frame that just holds them, with the ground beneath and their parents' borders above.

    tiles: with shapes, at least one. y runs downwards, as on a screen.
    """
    from services.gateway.pages.maps.surveying import outlined  # noqa: PLC0415 - see above

    parents = sorted({code for place in tiles for code in place.path[1:-1] if code in places})
    roots = sorted({place.path[0] for place in tiles if place.path[0] in places})
    around = [place for place in leaves(places, within=None) if place.code not in shown]
    ground = (*(places[code] for code in roots), *around)
    outline = outlined(tuple(tiles), tuple(places[code] for code in parents), ground, language())
    areas = [
        MapArea(
            code=place.code,
            name=place.name,
            href=shown[place.code].href,
            said=shown[place.code].said,
            label=shown[place.code].label,
            count=shown[place.code].count,
            path=path,
            x=x,
            y=y,
            room=room,
        )
        for place, (path, x, y, room) in zip(tiles, outline.tiles, strict=True)
    ]
    return areas, outline.frame
