"""The map and the table beside it: the same areas with the same numbers, and links to look closer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from markupsafe import Markup

from services.gateway.pages import drawing
from services.gateway.pages.frame.links import link
from services.gateway.pages.maps.places import Caption, Square, map_of, map_of_squares
from services.gateway.pages.maps.tree import Place, by_parent, leaves
from services.gateway.pages.overview.numbers import PROBLEMS, Counted, Number
from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import gettext as _
from services.gateway.readmodel.topics.reports import AreaCounts

# A table longer than this helps nobody in a meeting: the busiest first, the rest behind a link.
_ROWS = 60
_BUSIEST = 25
# More squares than this on one map are dust.
_MOST_SQUARES = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the address asks for. more: the list of what waits that is wanted whole."""

    area: str | None
    period: date | None
    order: str = "area"
    show: str = "some"
    more: str = ""

    def address(self, **changes: Any) -> str:
        """The address of the same page with something else asked for."""
        other = replace(self, **changes)
        usual = {"order": "area", "show": "some"}
        asked = {
            "area": other.area,
            "period": other.period and other.period.isoformat(),
            "order": other.order,
            "show": other.show,
            "more": other.more,
        }
        return link("/", {name: value for name, value in asked.items() if value and usual.get(name) != value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The reports of the period and of the one before, as numbers are made of them."""

    now: Counted
    before: Counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table. `depth` 0 is the outermost; `swatch`: the colour of an area that the map shows.

    beside: how many of the problems now lie in none of the areas in it.
    """

    code: str
    name: str
    inside: str
    depth: int
    href: str
    now: Number
    before: Number
    swatch: Markup | None
    beside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    """The part of the page about areas; `map` is None while there are no shapes. squares: it shows those of 250 m."""

    name: str | None
    path: list[tuple[str, str]]
    map: Markup | None
    squares: bool
    legend: list[tuple[Markup, str]]
    unpublished: bool
    rows: list[Row]
    by_area: str
    by_count: str
    ordered: str
    more: tuple[str, int] | None


class _Line(NamedTuple):
    """An area of the table before it is written."""

    place: Place
    counts: AreaCounts
    depth: int
    beside: int


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
    lines = _lines(counts, places, wanted=wanted)
    hidden = wanted.show == "some" and len(lines) > _ROWS
    busiest = hidden or wanted.order == "count"
    shown = _busiest(lines, on_map)[: _BUSIEST if hidden else None] if busiest else lines
    squares = _squares(cells, days.now) if here else []
    unknown = days.now.without_data and not highest
    drawn = (
        _drawn(tiles, places, counts, squares, wanted=wanted, scale=scale, unknown=unknown) if tiles else (None, scale)
    )
    unpublished = any(counts[tile.code].problems is None for tile in tiles)
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
        unpublished=any(line.counts.problems is None or line.counts.problems_before is None for line in lines),
        rows=[_row(line, places, wanted=wanted, days=days, on_map=on_map, scale=scale) for line in shown],
        by_area=wanted.address(order="area"),
        by_count=wanted.address(order="count"),
        ordered="count" if hidden else wanted.order,
        more=(wanted.address(show="all"), len(lines)) if hidden else None,
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


def _lines(counts: Mapping[str, AreaCounts], places: Mapping[str, Place], *, wanted: Wanted) -> list[_Line]:
    """The tree as lines, each area followed by those in it."""
    top = len(places[wanted.area].path) if wanted.area else 1
    lines: list[_Line] = []
    inside = by_parent(places)

    def add(place: Place) -> None:
        if count := counts.get(place.code):
            smaller = [counts[each.code] for each in inside.get(place.code, []) if each.code in counts]
            lines.append(_Line(place, count, min(len(place.path) - top, 4), _beside(count, smaller)))
        for child in inside.get(place.code, []):
            add(child)

    for root in [places[wanted.area]] if wanted.area else inside.get(None, []):
        add(root)
    return lines


def _beside(here: AreaCounts, smaller: Sequence[AreaCounts]) -> int:
    """How many problems of an area lie in none of those in it; 0 where it has none, and where numbers are rounded."""
    if not smaller or any(each.problems is None or each.rounded for each in (here, *smaller)):
        return 0
    return max((here.problems or 0) - sum(each.problems or 0 for each in smaller), 0)


def _busiest(lines: Sequence[_Line], on_map: set[str]) -> list[_Line]:
    """The areas on the map, those with most problems first; those not published yet last."""
    tiles = [line._replace(depth=0) for line in lines if line.place.code in on_map]
    return sorted(
        tiles, key=lambda line: (-(-1 if line.counts.problems is None else line.counts.problems), line.place.name)
    )


def _row(
    line: _Line,
    places: Mapping[str, Place],
    *,
    wanted: Wanted,
    days: Days,
    on_map: set[str],
    scale: drawing.Scale,
) -> Row:
    place, counts, depth, beside = line
    colour = None if counts.problems is None else scale.colour(counts.problems)
    now, before = (each.within(place.code) for each in (days.now, days.before))
    return Row(
        code=place.code,
        name=place.name,
        inside=places[place.path[-2]].name if len(place.path) > 1 and place.path[-2] in places else "",
        depth=depth,
        href=wanted.address(area=place.code, more=""),
        now=now.number(counts.problems, rounded=counts.rounded, **PROBLEMS),
        before=before.number(counts.problems_before, rounded=counts.rounded, **PROBLEMS),
        swatch=drawing.swatch(colour) if place.code in on_map else None,
        beside=beside,
    )
