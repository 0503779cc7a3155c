"""What a map shows of the municipality's areas.

What needs shapes drawn is in `surveying`, which is imported when the first map is: its libraries take 25 MB that a
gateway before partners' systems alone never needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.gateway.pages.drawing import MapArea, MapFrame
from services.gateway.pages.maps.tree import Place, leaves
from services.gateway.pages.speech.language import language


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
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


def drawn(
    places: Mapping[str, Place], tiles: Sequence[Place], captions: Mapping[str, Caption]
) -> tuple[list[MapArea], MapFrame]:
    """The tiles, in a frame that just holds them, with the ground beneath and their parents' borders above.

    tiles: with shapes, at least one. y runs downwards, as on a screen.
    """
    from services.gateway.pages.maps.surveying import outlined  # noqa: PLC0415 - see above

    parents = sorted({code for place in tiles for code in place.path[1:-1] if code in places})
    roots = sorted({place.path[0] for place in tiles if place.path[0] in places})
    around = [place for place in leaves(places, within=None) if place.code not in captions]
    ground = (*(places[code] for code in roots), *around)
    outline = outlined(tuple(tiles), tuple(places[code] for code in parents), ground, language())
    areas = [
        MapArea(
            code=place.code,
            name=place.name,
            href=captions[place.code].href,
            said=captions[place.code].said,
            label=captions[place.code].label,
            count=captions[place.code].count,
            path=path,
            x=x,
            y=y,
            room=room,
        )
        for place, (path, x, y, room) in zip(tiles, outline.tiles, strict=True)
    ]
    return areas, outline.frame
