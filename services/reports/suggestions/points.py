"""In which columns and in which system coordinates stand: the one in which most points fall into the areas. Pure."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import ProjError

from services.reports.areas.domain.systems import Home, candidates
from services.reports.files.domain.places import numbers
from services.reports.files.domain.points import in_one_piece, points
from services.reports.ground import Ground
from services.reports.mappings.domain.mapping import PointForm
from services.reports.suggestions.contents import Column
from shared.errors import Invalid
from shared.geo import geometry

# Of more points each system would be tried on all.
_MOST_POINTS = 200
# The datums of a country's older systems lie up to 200 m apart: no file tells them apart, and its own goes first.
_SAME_M = 500.0
_MOST_PAIRS = 6
_DEGREES = "EPSG:4326"
_FORMS: tuple[PointForm, ...] = ("lon,lat", "lat,lon")


class Points(NamedTuple):
    """Columns of coordinates and their system. inside: of `given` points so many fall into areas.

    unsure: another system would put as many of them inside, elsewhere. outside: the rows, from 0, of all others.
    """

    x: str
    y: str
    crs: str
    given: int
    inside: int
    unsure: bool
    outside: tuple[int, ...] = ()


def points_of(x: Column, y: Column, *, ground: Ground, named: str | None = None, sure: bool = False) -> Points:
    """The system of two columns that are called coordinates, and which of them is which.

    named: the system, where the file says it. sure: x is x, for the file says that too.
    """
    rows, first, second = _numbers(x, y)
    found = {
        (crs, swapped): _inside(*((second, first) if swapped else (first, second)), crs=crs, ground=ground)
        for crs in ([named] if named else _candidates(ground))
        for swapped in ((False,) if sure else (False, True))
    }
    hits = {each: int(inside.sum()) for each, inside in found.items()}
    best = max(hits, key=lambda each: hits[each])
    crs, swapped = best if hits[best] else (named or ground.crs, False)
    east, north = (y, x) if swapped else (x, y)
    as_good = [each for each in hits if hits[each] == hits[best] and each != best]
    unsure = hits[best] > 0 and any(_apart(first, second, best, other) for other in as_good)
    outside = tuple(rows[~found[best]].tolist())
    return Points(east.name, north.name, crs, len(first), hits[best], unsure, outside)


class InOne(NamedTuple):
    """Points that stand in one column: their system, how they are written (auto: as goes without saying)."""

    found: Points
    form: str


def in_one(column: Column, *, ground: Ground) -> InOne:
    """The system of a column of whole points, and which of two numbers comes first."""
    system = column.named_crs
    apart = {
        form: points(list(column.cells), form=form, decimal=column.decimal, crs=system or _DEGREES) for form in _FORMS
    }
    first = apart["lon,lat"]
    # WKT, GeoJSON and letters say it themselves.
    told = np.array_equal(first.x, apart["lat,lon"].x, equal_nan=True)
    x, y = (Column(name, [_said(value) for value in values]) for name, values in (("x", first.x), ("y", first.y)))
    found = points_of(x, y, ground=ground, named=system, sure=told)
    if not (found.inside or system) and all(abs(value) <= 180 for value in (*first.x, *first.y) if np.isfinite(value)):
        found = found._replace(crs=_DEGREES, x="y", y="x")
    north_first = found.x == "y"
    usual = north_first == CRS.from_user_input(found.crs).is_geographic
    form = "auto" if told or usual else "lat,lon" if north_first else "lon,lat"
    return InOne(found._replace(x=column.name, y=column.name), form)


def _said(value: float) -> str:
    return repr(float(value)) if np.isfinite(value) else ""


def found_in(columns: list[Column], *, ground: Ground) -> Points | None:
    """Neighbouring columns of numbers that fall into the areas as points, nearly all of them; None for none."""
    if ground.areas.middle is None:
        return None
    for x, y in list(_pairs(columns))[:_MOST_PAIRS]:
        found = points_of(x, y, ground=ground)
        if found.given >= 2 and found.inside * 10 >= found.given * 9:
            return found
    return None


def _pairs(columns: list[Column]) -> Iterator[tuple[Column, Column]]:
    for x, y in pairwise(columns):
        if all(each.is_numeric and len(each.words) > 1 and np.nanmax(np.abs(each.values)) > 1 for each in (x, y)):
            yield x, y


def _numbers(x: Column, y: Column) -> tuple[NDArray[np.intp], geometry.Array, geometry.Array]:
    # With letters behind them only a column's own are read: 63°10'35"N is no longitude.
    cells = in_one_piece(x.cells, y.cells, decimal=x.decimal)
    one, other = (
        each.values if each.is_numeric and texts is each.cells else numbers(list(texts), each.decimal, axis=axis)
        for each, texts, axis in ((x, cells[0], "x"), (y, cells[1], "y"))
    )
    whole = np.isfinite(one) & np.isfinite(other) & ~((one == 0) & (other == 0))
    rows = np.flatnonzero(whole)[:_MOST_POINTS]
    return rows, one[rows], other[rows]


def _candidates(ground: Ground) -> list[str]:
    """The municipality's own system, degrees, then as files of areas are tried."""
    if ground.areas.middle is None:
        return [ground.crs, _DEGREES]
    return list(dict.fromkeys([ground.crs, _DEGREES, *candidates(Home(ground.crs, ground.areas.bounds))]))


def _lonlat(x: geometry.Array, y: geometry.Array, *, crs: str) -> tuple[geometry.Array, geometry.Array] | None:
    try:
        return geometry.to_lonlat(x, y, crs=crs)
    except (Invalid, ProjError):  # some systems of the register lead nowhere
        return None


def _inside(x: geometry.Array, y: geometry.Array, *, crs: str, ground: Ground) -> NDArray[np.bool_]:
    """Which of these points fall into areas."""
    inside = np.zeros(len(x), dtype=bool)
    if len(x) and (found := _lonlat(x, y, crs=crs)) is not None:
        lon, lat = found
        fine = np.isfinite(lon) & np.isfinite(lat)
        inside[fine] = [code is not None for code in ground.areas.codes_at(lon[fine], lat[fine])]
    return inside


def _apart(x: geometry.Array, y: geometry.Array, one: tuple[str, bool], other: tuple[str, bool]) -> bool:
    """Whether two readings of the same numbers are other places."""
    places = []
    for crs, swapped in (one, other):
        found = _lonlat(*((y[:1], x[:1]) if swapped else (x[:1], y[:1])), crs=crs)
        if found is None:
            return False
        places.append(found)
    (lon, lat), (lon_2, lat_2) = places
    east = (lon - lon_2) * np.cos(np.radians(lat)) * 111_320.0
    north = (lat - lat_2) * 111_320.0
    return bool(np.hypot(east, north)[0] > _SAME_M)
