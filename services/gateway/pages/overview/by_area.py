"""The map and the table beside it: the same areas with the same numbers, and links to look closer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from services.gateway.pages import drawing
from services.gateway.pages.maps.places import Caption, Square, map_of, map_of_squares
from services.gateway.pages.maps.tree import Place, leaves
from services.gateway.pages.overview.numbers import PROBLEMS, Counted
from services.gateway.pages.overview.table import Days, Table, Wanted, table
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import gettext as _
from services.gateway.readmodel.topics.reports import AreaCounts

# More squares than this on one map are dust.
_MOST_SQUARES = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    """The part of the page about areas; `map` is None while there are no shapes. squares: it shows those of 250 m.

    outside_map: how many problems lie in nothing that it shows.
    """

    name: str | None
    path: list[tuple[str, str]]
    map: Markup | None
    squares: bool
    legend: list[tuple[Markup, str]]
    outside_map: str | None
    table: Table
    by_area: str
    by_count: str


def view(
    areas: Sequence[AreaCounts], places: Mapping[str, Place], *, wanted: Wanted, days: Days, cells: Any = None
) -> AreaView:
    """Map, legend and table of the areas in one area, or in all of the municipality.

    cells: the answer of `/lagesbild/cells` for the area, if there is one.
    """
    counts = {each.code: each for each in areas if each.code in places}
    tiles = [place for place in leaves(places, within=wanted.area) if place.code in counts]
    highest = max((counts[tile.code].problems or 0 for tile in tiles), default=0)
    scale = drawing.scale_for(highest)
    here = places.get(wanted.area or "")
    # An area may be told before the one it lies in.
    known = [code for code in here.path[:-1] if code in places] if here else []
    on_map = {tile.code for tile in tiles}
    squares = _squares(cells, days.now) if here else []
    unknown = days.now.without_data and not highest
    drawn = (
        _drawn(tiles, places, counts, squares, wanted=wanted, scale=scale, unknown=unknown) if tiles else (None, scale)
    )
    unpublished = any(counts[tile.code].problems is None for tile in tiles)
    rows = table(counts, places, on_map, wanted=wanted, days=days, scale=scale)
    return AreaView(
        name=here.name if here else None,
        path=[(places[code].name, wanted.address(area=code, more="")) for code in known],
        map=drawn[0],
        squares=bool(squares),
        legend=_legend(
            drawn[1] if highest or squares else None,
            unpublished=unpublished and not squares,
            nothing=_("no data") if unknown and not squares else saying.number(0),
        ),
        outside_map=_outside(squares, counts[here.code]) if here and squares else rows.outside_map,
        table=rows,
        by_area=wanted.address(order="area"),
        by_count=wanted.address(order="count"),
    )


def tile_codes(places: Mapping[str, Place], area: str | None) -> set[str]:
    """The areas that the map shows."""
    return {place.code for place in leaves(places, within=area)}


def _drawn(
    tiles: Sequence[Place],
    places: Mapping[str, Place],
    counts: Mapping[str, AreaCounts],
    squares: Sequence[Square],
    *,
    wanted: Wanted,
    scale: drawing.Scale,
    unknown: bool,
) -> tuple[Markup, drawing.Scale]:
    """The map, and the scale of what is on it: the squares of one area where they are known, else the areas.

    unknown: nobody had reported yet.
    """
    if squares:
        scale = drawing.scale_for(max(each.caption.count or 0 for each in squares))
        name = _("Map of the number of problems reported in each square of 250 metres.")
        return map_of_squares(places, tiles, squares, scale=scale, name=name), scale

    def caption(tile: Place) -> Caption:
        href = wanted.address(area=tile.code, more="")
        if unknown:
            return Caption(href=href, said=_("{name}: no data").format(name=tile.name), label="", count=0)
        return _caption(tile.name, counts[tile.code], href=href)

    name = _("Map of the number of problems reported in each area. The same numbers stand in the table beside it.")
    numbers = {code: each.problems for code, each in counts.items()}
    return map_of(places, tiles, numbers, caption, scale=scale, name=name), scale


def _squares(cells: Any, now: Counted) -> list[Square]:
    """The squares of an area, for who sees each of its reports: of others there would be its own alone."""
    if cells is None or not cells["complete"] or not 0 < len(cells["cells"]) <= _MOST_SQUARES:
        return []
    return [_square(each, now, size_m=cells["size_m"]) for each in cells["cells"]]


def _outside(squares: Sequence[Square], here: AreaCounts) -> str | None:
    """How many problems of an area have no square."""
    n = (here.problems or 0) - sum(each.caption.count or 0 for each in squares)
    return saying.number(n) if n > 0 else None


def _square(cell: Mapping[str, Any], now: Counted, *, size_m: int) -> Square:
    e, _sign, n = cell["cell"][1:].partition("N")
    problems, good = cell["problems"], cell["reports"] - cell["problems"]
    said = saying.problems(problems)
    if good:
        said = _("{problems}, {n} positive").format(problems=said, n=saying.number(good))
    href = now.address(cell=cell["cell"], **(PROBLEMS if problems or not good else {}))
    label = saying.number(problems) if problems else ""
    caption = Caption(href=href, said=said, label=label, count=problems)
    return Square(code=cell["cell"], e=float(e), n=float(n), size_m=size_m, caption=caption)


def _caption(name: str, counts: AreaCounts, *, href: str) -> Caption:
    return Caption(
        href=href,
        said=_("{name}: {now}, previous period {before}").format(
            name=name,
            now=saying.problems(counts.problems, counts.rounded),
            before=saying.spoken_count(counts.problems_before, counts.rounded),
        ),
        label=saying.count(counts.problems),
        count=counts.problems,
    )


def _legend(scale: drawing.Scale | None, *, unpublished: bool, nothing: str) -> list[tuple[Markup, str]]:
    """The colours of the map. scale: None where none of its classes is there; nothing: what no reports are called."""
    classes = [
        (drawing.swatch(colour), saying.number(low) if low == top else f"{saying.number(low)}–{saying.number(top)}")
        for low, top, colour in (scale.classes() if scale else ())
    ]
    hatched = [(drawing.swatch(None), _("not published yet"))] if unpublished else []
    return [(drawing.swatch(drawing.NOTHING), nothing), *hatched, *classes]
