"""The table of areas: the tree as lines, or the busiest; what it leaves out is counted, so that it adds up."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from markupsafe import Markup

from services.gateway.pages import drawing
from services.gateway.pages.frame.links import link
from services.gateway.pages.maps.tree import Place, by_parent
from services.gateway.pages.overview.numbers import PROBLEMS, Counted, Number
from services.gateway.pages.speech import saying
from services.gateway.readmodel.topics.reports import AreaCounts

# A table longer than this helps nobody in a meeting: the larger areas and the busiest first, the rest behind a link.
_ROWS = 60
_BUSIEST = 25


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

    beside: how many of the problems now lie in none of the areas in it, where some do.
    """

    code: str
    name: str
    inside: str
    depth: int
    href: str
    now: Number
    before: Number
    swatch: Markup | None
    beside: str | None


class _Line(NamedTuple):
    """An area of the table before it is written. beside: its problems that lie in none of the areas in it.

    Of an area with none in it, all. None where not all of it is published. So lines add up, whatever lies in what.
    """

    place: Place
    counts: AreaCounts
    depth: int
    is_larger: bool
    beside: int | None
    rounded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows, and the problems that lie elsewhere.

    ordered: by what. more: the address of the whole table, and how many rows it has, where this is not all of it.
    in_all: the problems of all areas together. left_out: those of areas that have no row; larger_only: that lie in a
    larger area and in none of those in it; outside_map: in no area that the map shows. None where there are none.
    """

    rows: list[Row]
    ordered: str
    more: tuple[str, int] | None
    unpublished: bool
    in_all: int
    left_out: str | None
    larger_only: str | None
    outside_map: str | None


def table(
    counts: Mapping[str, AreaCounts],
    places: Mapping[str, Place],
    on_map: Collection[str],
    *,
    wanted: Wanted,
    days: Days,
    scale: drawing.Scale,
) -> Table:
    """The areas in one area, or in all of the municipality. on_map: those that have a colour of `scale`."""
    lines = _lines(counts, places, wanted=wanted)
    hidden = wanted.show == "some" and len(lines) > _ROWS
    by_count = hidden or wanted.order == "count"
    shown = _busiest(lines, hidden=hidden) if by_count else lines
    kept = {line.place.code for line in shown}
    return Table(
        rows=[_row(line, places, wanted=wanted, days=days, on_map=on_map, scale=scale) for line in shown],
        ordered="count" if by_count else wanted.order,
        more=(wanted.address(show="all"), len(lines)) if hidden else None,
        unpublished=any(line.counts.problems is None or line.counts.problems_before is None for line in lines),
        in_all=sum(line.beside or 0 for line in lines),
        larger_only=_sum([line for line in lines if line.is_larger]),
        left_out=_sum([line for line in lines if line.place.code not in kept]),
        outside_map=_sum([line for line in lines if line.place.code not in on_map]),
    )


def _sum(lines: Sequence[_Line]) -> str | None:
    """The problems of some lines together, as far as they are told; None where there are none."""
    told = [line for line in lines if line.beside]
    n = sum(line.beside or 0 for line in told)
    return saying.count(n, any(line.rounded for line in told)) if n else None


def _lines(counts: Mapping[str, AreaCounts], places: Mapping[str, Place], *, wanted: Wanted) -> list[_Line]:
    """The tree as lines, each area followed by those in it."""
    top = len(places[wanted.area].path) if wanted.area else 1
    lines: list[_Line] = []
    inside = by_parent(places)

    def add(place: Place) -> None:
        if count := counts.get(place.code):
            smaller = [counts[each.code] for each in inside.get(place.code, []) if each.code in counts]
            lines.append(_line(place, count, smaller, depth=min(len(place.path) - top, 4)))
        for child in inside.get(place.code, []):
            add(child)

    for root in [places[wanted.area]] if wanted.area else inside.get(None, []):
        add(root)
    return lines


def _line(place: Place, here: AreaCounts, smaller: Sequence[AreaCounts], *, depth: int) -> _Line:
    of = [here, *smaller]
    known = all(each.problems is not None for each in of)
    # After late tables of rounded numbers a part may be more than its whole.
    beside = max((here.problems or 0) - sum(each.problems or 0 for each in smaller), 0) if known else None
    return _Line(place, here, depth, bool(smaller), beside, any(each.rounded for each in of))


def _busiest(lines: Sequence[_Line], *, hidden: bool) -> list[_Line]:
    """The larger areas, then those with none in them; of each those with most problems first, unpublished ones last.

    hidden: the first of them alone. Otherwise of the larger ones those that have problems which no smaller one has.
    """
    in_order = sorted(
        (line._replace(depth=0) for line in lines),
        key=lambda line: (-(-1 if line.counts.problems is None else line.counts.problems), line.place.name),
    )
    larger, smallest = ([line for line in in_order if line.is_larger is each] for each in (True, False))
    if hidden:
        return [*larger[:_ROWS], *smallest[:_BUSIEST]]
    return [*(line for line in larger if line.beside), *smallest]


def _row(
    line: _Line,
    places: Mapping[str, Place],
    *,
    wanted: Wanted,
    days: Days,
    on_map: Collection[str],
    scale: drawing.Scale,
) -> Row:
    place, counts = line.place, line.counts
    colour = None if counts.problems is None else scale.colour(counts.problems)
    now, before = (each.within(place.code) for each in (days.now, days.before))
    return Row(
        code=place.code,
        name=place.name,
        inside=places[place.path[-2]].name if len(place.path) > 1 and place.path[-2] in places else "",
        depth=line.depth,
        href=wanted.address(area=place.code, more=""),
        now=now.number(counts.problems, rounded=counts.rounded, **PROBLEMS),
        before=before.number(counts.problems_before, rounded=counts.rounded, **PROBLEMS),
        swatch=drawing.swatch(colour) if place.code in on_map else None,
        beside=saying.count(line.beside, line.rounded) if line.is_larger and line.beside else None,
    )
