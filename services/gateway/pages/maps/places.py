"""What a map shows of the municipality's areas.

What needs shapes drawn is in `surveying`, which is imported when the first map is: its libraries take 25 MB that a
gateway before partners' systems alone never needs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from services.gateway.pages.drawing import MapArea, MapFrame, Scale, area_map
from services.gateway.pages.maps.tree import Place, leaves
from services.gateway.pages.speech.language import language

# Nobody steps through more, and a browser is slow with thousands of them: of larger maps the busiest areas are links.
MOST_LINKS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What a map says of an area beside its name."""

    href: str
    said: str
    label: str
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    """A square of the grid with what a map says of it: its lower left corner and its side, metres."""

    code: str
    e: float
    n: float
    size_m: float
    caption: Caption


def places_of(rows: Sequence[Any], *, crs: str) -> dict[str, Place]:
    """Areas by code, parents first, from rows with code, name, level, path and GeoJSON geometry (degrees, or None)."""
    from services.gateway.pages.maps.surveying import projected  # noqa: PLC0415 - see above

    shapes = projected([row.geometry for row in rows], crs)
    return {
        row.code: Place(code=row.code, name=row.name, level=row.level, path=tuple(row.path), shape=shape)
        for row, shape in zip(rows, shapes, strict=True)
    }


def map_of(
    places: Mapping[str, Place],
    tiles: Sequence[Place],
    counts: Mapping[str, int | None],
    caption: Callable[[Place], Caption],
    *,
    scale: Scale,
    name: str,
) -> Markup:
    """A map of the tiles, coloured by their counts; a link for each, or for the busiest of very many.

    tiles: with shapes, at least one. None counts as not published, an area without a count as none.
    """
    busiest = sorted(tiles, key=lambda tile: -(counts.get(tile.code, 0) or 0))[:MOST_LINKS]
    linked = tiles if len(tiles) <= MOST_LINKS else [tile for tile in busiest if counts.get(tile.code, 0)]
    captions = {tile.code: caption(tile) for tile in linked}
    areas, rest, frame = laid_out(places, tiles, captions)
    others = [(counts.get(tile.code, 0), path) for tile, path in rest]
    return area_map(areas, frame, scale=scale, name=name, rest=others)


def map_of_squares(
    places: Mapping[str, Place], tiles: Sequence[Place], squares: Sequence[Square], *, scale: Scale, name: str
) -> Markup:
    """A map of squares within the tiles, whose borders are drawn above. tiles: with shapes, at least one."""
    from services.gateway.pages.maps.surveying import squares_on  # noqa: PLC0415 - see above

    _, rest, frame = laid_out(places, tiles, {})
    frame = frame.with_borders([path for _, path in rest])
    paths = squares_on(tuple(tiles), [(each.e, each.n, each.size_m) for each in squares])
    areas = [
        MapArea(
            code=square.code,
            name="",
            href=square.caption.href,
            said=square.caption.said,
            label=square.caption.label,
            count=square.caption.count,
            path=path,
            x=x,
            y=y,
            room=room,
        )
        for square, (path, x, y, room) in zip(squares, paths, strict=True)
    ]
    return area_map(areas, frame, scale=scale, name=name)


def laid_out(
    places: Mapping[str, Place], tiles: Sequence[Place], captions: Mapping[str, Caption]
) -> tuple[list[MapArea], list[tuple[Place, str]], MapFrame]:
    """The tiles that have captions, the paths of the others, and a frame that just holds them all.

    The ground lies beneath them, their parents' borders above. tiles: with shapes, at least one. y runs downwards, as
    on a screen.
    """
    from services.gateway.pages.maps.surveying import outlined  # noqa: PLC0415 - see above

    shown = {tile.code for tile in tiles}
    parents = sorted({code for place in tiles for code in place.path[1:-1] if code in places})
    roots = sorted({place.path[0] for place in tiles if place.path[0] in places})
    around = [place for place in leaves(places, within=None) if place.code not in shown]
    ground = (*(places[code] for code in roots), *around)
    outline = outlined(tuple(tiles), tuple(places[code] for code in parents), ground, language())
    areas, rest = [], []
    for place, (path, x, y, room) in zip(tiles, outline.tiles, strict=True):
        if (said := captions.get(place.code)) is None:
            rest.append((place, path))
            continue
        areas.append(
            MapArea(
                code=place.code,
                name=place.name,
                href=said.href,
                said=said.said,
                label=said.label,
                count=said.count,
                path=path,
                x=x,
                y=y,
                room=room,
            )
        )
    return areas, rest, outline.frame
