"""The map and the table beside it: the same areas with the same numbers, and links to look closer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from markupsafe import Markup

from services.gateway.pages import drawing
from services.gateway.pages.frame.links import link
from services.gateway.pages.maps.places import Caption, drawn
from services.gateway.pages.maps.tree import Place, by_parent, leaves
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import gettext as _
from services.gateway.readmodel.topics.reports import AreaCounts

# A table longer than this helps nobody in a meeting: the busiest first, the rest behind a link.
_ROWS = 60
_BUSIEST = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the address asks for."""

    area: str | None
    period: date | None
    order: str
    show: str

    def address(self, **changes: Any) -> str:
        """The address of the same page with something else asked for."""
        other = replace(self, **changes)
        usual = {"order": "area", "show": "some"}
        asked = {
            "area": other.area,
            "period": other.period and other.period.isoformat(),
            "order": other.order,
            "show": other.show,
        }
        return link("/", {name: value for name, value in asked.items() if value and usual.get(name) != value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table. `depth` 0 is the outermost; `swatch`: the colour of an area that the map shows."""

    code: str
    name: str
    inside: str
    depth: int
    href: str
    reports: int | None
    before: int | None
    rounded: bool
    swatch: Markup | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    """The part of the page about areas; `map` is None while there are no shapes."""

    name: str | None
    path: list[tuple[str, str]]
    map: Markup | None
    legend: list[tuple[Markup, str]]
    unpublished: bool
    rows: list[Row]
    by_area: str
    by_count: str
    ordered: str
    more: tuple[str, int] | None


def view(areas: Sequence[AreaCounts], places: Mapping[str, Place], *, wanted: Wanted) -> AreaView:
    """Map, legend and table of the areas in one area, or in all of the municipality."""
    counts = {each.code: each for each in areas if each.code in places}
    tiles = [place for place in leaves(places, within=wanted.area) if place.code in counts]
    scale = drawing.scale_for(max((counts[tile.code].reports or 0 for tile in tiles), default=0))
    unpublished = any(counts[tile.code].reports is None for tile in tiles)
    here = places.get(wanted.area or "")
    # An area may be told before the one it lies in.
    known = [code for code in here.path[:-1] if code in places] if here else []
    rows = _rows(counts, places, wanted=wanted, tiles={tile.code for tile in tiles}, scale=scale)
    hidden = wanted.show == "some" and len(rows) > _ROWS
    return AreaView(
        name=here.name if here else None,
        path=[(places[code].name, wanted.address(area=code)) for code in known],
        map=_map(tiles, places, counts, wanted=wanted, scale=scale) if tiles else None,
        legend=_legend(scale, unpublished=unpublished),
        unpublished=unpublished or any(row.reports is None or row.before is None for row in rows),
        rows=_busiest(rows)[:_BUSIEST] if hidden else _busiest(rows) if wanted.order == "count" else rows,
        by_area=wanted.address(order="area"),
        by_count=wanted.address(order="count"),
        ordered="count" if hidden else wanted.order,
        more=(wanted.address(show="all"), len(rows)) if hidden else None,
    )


def tile_codes(places: Mapping[str, Place], area: str | None) -> set[str]:
    """The areas that the map shows."""
    return {place.code for place in leaves(places, within=area)}


def _map(
    tiles: Sequence[Place],
    places: Mapping[str, Place],
    counts: Mapping[str, AreaCounts],
    *,
    wanted: Wanted,
    scale: drawing.Scale,
) -> Markup:
    captions = {
        tile.code: _caption(tile.name, counts[tile.code], href=wanted.address(area=tile.code)) for tile in tiles
    }
    areas, frame = drawn(places, tiles, captions)
    name = _("Map of the number of reports in each area. The same numbers stand in the table beside it.")
    return drawing.area_map(areas, frame, scale=scale, name=name)


def _caption(name: str, counts: AreaCounts, *, href: str) -> Caption:
    return Caption(
        href=href,
        said=_("{name}: {now}, previous period {before}").format(
            name=name,
            now=saying.reports(counts.reports, counts.rounded),
            before=saying.spoken_count(counts.reports_before, counts.rounded),
        ),
        label=saying.count(counts.reports),
        count=counts.reports,
    )


def _legend(scale: drawing.Scale, *, unpublished: bool) -> list[tuple[Markup, str]]:
    classes = [
        (drawing.swatch(colour), saying.number(low) if low == top else f"{saying.number(low)}–{saying.number(top)}")
        for low, top, colour in scale.classes()
    ]
    hatched = [(drawing.swatch(None), _("not published yet"))] if unpublished else []
    return [(drawing.swatch(drawing.NOTHING), saying.number(0)), *hatched, *classes]


def _rows(
    counts: Mapping[str, AreaCounts],
    places: Mapping[str, Place],
    *,
    wanted: Wanted,
    tiles: set[str],
    scale: drawing.Scale,
) -> list[Row]:
    """The tree as lines, each area followed by those in it."""
    top = len(places[wanted.area].path) if wanted.area else 1
    rows: list[Row] = []
    inside = by_parent(places)

    def add(place: Place) -> None:
        if count := counts.get(place.code):
            colour = None if count.reports is None else scale.colour(count.reports)
            rows.append(
                Row(
                    code=place.code,
                    name=place.name,
                    inside=places[place.path[-2]].name if len(place.path) > 1 and place.path[-2] in places else "",
                    depth=min(len(place.path) - top, 4),
                    href=wanted.address(area=place.code),
                    reports=count.reports,
                    before=count.reports_before,
                    rounded=count.rounded,
                    swatch=drawing.swatch(colour) if place.code in tiles else None,
                )
            )
        for child in inside.get(place.code, []):
            add(child)

    for root in [places[wanted.area]] if wanted.area else inside.get(None, []):
        add(root)
    return rows


def _busiest(rows: Sequence[Row]) -> list[Row]:
    """The areas on the map, those with most reports first; those not published yet last."""
    tiles = [replace(row, depth=0) for row in rows if row.swatch is not None]
    return sorted(tiles, key=lambda row: (-(-1 if row.reports is None else row.reports), row.name))
