"""Which coordinate system a file's coordinates are in: the one it names, or the one that puts them near home. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import shapely

from services.reports.areas.domain.layers import Named
from shared.errors import FieldError, Invalid
from shared.geo import geometry, neighbourhood

WGS_84 = "EPSG:4326"
# What programs write, before systems of the register that nobody does: EPSG:3395 lies 17 km beside web Mercator.
USUAL = ("EPSG:3857",)
# EPSG:3006, urn:ogc:def:crs:EPSG::3006, http://www.opengis.net/def/crs/EPSG/0/3006, …/gml/srs/epsg.xml#3006
_CODE = re.compile(r"(?:.*\bepsg(?:\.xml)?[:/#]+(?:[0-9.]*[:/])?)([0-9]{4,6})", re.IGNORECASE | re.ASCII | re.DOTALL)
_CRS84 = re.compile(r".*\bcrs:?84", re.IGNORECASE | re.ASCII)
_LONGEST_NAME = 10_000
# A name that PROJ takes for one of the register's must be as good as it.
_SURE_PCT = 70
_LOOKED_AT = 200
_SHOWN = 5
# Systems are tried where the municipality is: of a large country that may be a hundred.
_MOST_TRIED = 70
_ZONE_DEG = 6.0
# A country's zones lie in a system of the country; systems of half the earth have others far away.
_COUNTRY_DEG = 25.0
_UTM = re.compile(r"(?:ETRS89|WGS 84) / UTM zone [0-9]{1,2}[NS]")
_MOST_RIVALS = 2
# The datums of a country's systems lie up to 200 m apart: no file tells them apart.
_SAME_DEG = 0.005
# How many of some points, in longitude and latitude, lie where they should.
Count: TypeAlias = Callable[[geometry.Array, geometry.Array], int]


@dataclass(frozen=True, slots=True)
class Home:
    """What is known of where areas can lie: the municipality's own system, and the box around its areas, degrees."""

    crs: str
    box: tuple[float, float, float, float] | None = None

    def near(self, lon: geometry.Array, lat: geometry.Array) -> int:
        """How many points lie near the areas; while there are none, where the municipality's system is used."""
        if self.box is not None:
            return int(np.sum(neighbourhood.near(lon, lat, box=self.box)))
        return int(np.sum(geometry.fits(lon, lat, crs=self.crs, margin=0.0)))

    def inside(self, lon: geometry.Array, lat: geometry.Array) -> int:
        """How many points lie in the box around the areas; while there are none, as `near`."""
        if self.box is None:
            return self.near(lon, lat)
        west, south, east, north = self.box
        return int(np.sum((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)))


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A system that a layer is read in. swapped: north or latitude stands first. near: so many of `of` lie near home.

    why: `asked` for, `named` by the file, `degrees` of GeoJSON where nothing is said, or `found` by trying.
    """

    crs: str
    swapped: bool
    why: str
    near: int
    of: int
    others: Sequence[tuple[str, bool, int]] = ()


def named(text: object) -> Named:
    """The system that a name, a URN, an address or WKT (a .prj file) means. Such a text never reaches a file or net."""
    if not isinstance(text, str) or not text.strip() or len(text) > _LONGEST_NAME:
        return Named(None, said=text is not None)
    if _CRS84.fullmatch(text.strip()):
        return Named(WGS_84, said=True)
    found = _CODE.fullmatch(text.strip())
    code = int(found[1]) if found else _recognised(text.strip())
    try:
        if code is not None:
            geometry.coordinate_system(f"EPSG:{code}")
            return Named(f"EPSG:{code}", said=True)
    except Invalid:
        pass
    return Named(None, said=True)


@lru_cache(maxsize=16)
def _recognised(text: str) -> int | None:
    from pyproj import CRS  # noqa: PLC0415
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    if "+" in text:  # a PROJ string may name files
        return None
    try:
        system = CRS.from_user_input(text)
        # Of one with heights, the part of the plane, which the register knows under another name.
        plane = system.sub_crs_list[0] if system.is_compound else system
        code = plane.to_epsg(min_confidence=_SURE_PCT) or plane.to_2d().to_epsg(min_confidence=_SURE_PCT)
    except (CRSError, ValueError, IndexError):
        return None
    return int(code) if code is not None else None


def system_of(shapes: Sequence[Any], *, said: Named, asked: str | None, swapped: bool | None, home: Home) -> System:
    """The system to read shapes in.

    shapes: of shapely, as drawn. asked: None to find it out; swapped: None to find that out too. What is asked for is
    believed, then what the file names, then that GeoJSON is in degrees; where the coordinates cannot be in that, the
    systems in use around home are tried. Raises Invalid for a code that is not known.
    """
    x, y = _points(shapes)
    if asked is not None:
        return _read_in(asked, x, y, why="asked", swapped=swapped, home=home)
    first = _read_in(said.code or WGS_84, x, y, why="named" if said.code else "degrees", swapped=swapped, home=home)
    if first.near or not len(x) or _lies_in(first, x, y):
        return first
    tried = sorted(_tried(x, y, swapped=swapped, home=home), key=lambda each: -each[2])
    if not tried or not tried[0][2]:
        return first
    crs, is_swapped, near = tried[0]
    return System(crs=crs, swapped=is_swapped, why="found", near=near, of=len(x), others=tried[1 : 1 + _SHOWN])


def in_degrees(x: geometry.Array, y: geometry.Array, *, crs: str, swapped: bool) -> tuple[Any, Any]:
    """Longitude and latitude of positions; inf where they cannot be in this system. Raises Invalid as `to_lonlat`."""
    from pyproj.exceptions import ProjError  # noqa: PLC0415

    try:
        return geometry.to_lonlat(*((y, x) if swapped else (x, y)), crs=crs)
    except ProjError:  # some systems of the register lead nowhere
        return np.full(len(x), np.inf), np.full(len(x), np.inf)


def _read_in(crs: str, x: Any, y: Any, *, why: str, swapped: bool | None, home: Home) -> System:
    geometry.coordinate_system(crs)
    both = {each: home.near(*in_degrees(x, y, crs=crs, swapped=each)) for each in (False, True)}
    # As it is, but where only the other way round leads home.
    turned = swapped if swapped is not None else bool(both[True] and not both[False])
    return System(crs=crs.upper(), swapped=turned, why=why, near=both[turned], of=len(x))


def _lies_in(system: System, x: Any, y: Any) -> bool:
    lon, lat = in_degrees(x, y, crs=system.crs, swapped=system.swapped)
    return bool(geometry.fits(lon, lat, crs=system.crs).all())


def _points(shapes: Sequence[Any]) -> tuple[geometry.Array, geometry.Array]:
    """One position of each of some shapes, spread over all of them."""
    some = [shape for shape in shapes if not shape.is_empty][:: max(1, len(shapes) // _LOOKED_AT)][: 2 * _LOOKED_AT]
    middles = shapely.get_coordinates(shapely.centroid(np.array(some, dtype=object)))
    fine = middles[np.isfinite(middles).all(axis=1)]
    return fine[:, 0], fine[:, 1]


def _tried(x: Any, y: Any, *, swapped: bool | None, home: Home) -> Iterator[tuple[str, bool, int]]:
    for crs in candidates(home):
        for each in (False, True) if swapped is None else (swapped,):
            try:
                near = home.near(*in_degrees(x, y, crs=crs, swapped=each))
            except Invalid:
                continue
            if near:
                yield crs, each, near
            if near == len(x) and crs == home.crs.upper():
                return  # nobody looks farther


class Meant(NamedTuple):
    """Another system than the one asked for or named, and so many of some points that lie where they should in it.

    rivals: systems that put as many there, elsewhere.
    """

    crs: str
    swapped: bool
    there: int
    of: int
    rivals: Sequence[str] = ()

    def __str__(self) -> str:
        turned = " with north or latitude first" if self.swapped else ""
        return f"{self.crs}{turned}{''.join(f' or {each}' for each in self.rivals)}"


def meant(x: geometry.Array, y: geometry.Array, *, but: str, home: Home, there: Count | None = None) -> Meant | None:
    """The system that puts most of some points where they should lie, more than half of them; None for none.

    x, y: shape (n,), as they were read. but: the system that they were read in, of which only the other order of axes
    is tried. there: counts the points, in degrees, that lie where they should; None for in the box of home. Of systems
    in which as many do, the first as in `candidates`, degrees being the second.
    """
    found = [Meant(crs, swapped, many, len(x)) for crs, swapped, many in _counted(x, y, home=home, there=there)
             if (crs, swapped) != (but.upper(), False) and 2 * many > len(x)]  # fmt: skip
    if not found:
        return None
    best = max(found, key=lambda each: each.there)
    alike = [each for each in found if each.there == best.there and _elsewhere(x[:1], y[:1], each, best)]
    return best._replace(rivals=[each.crs for each in alike[:_MOST_RIVALS]])


def _counted(x: Any, y: Any, *, home: Home, there: Count | None) -> Iterator[tuple[str, bool, int]]:
    for crs in dict.fromkeys([home.crs.upper(), WGS_84, *candidates(home)]):
        for swapped in (False, True):
            with suppress(Invalid):
                yield crs, swapped, (there or home.inside)(*in_degrees(x, y, crs=crs, swapped=swapped))


def _elsewhere(x: Any, y: Any, one: Meant, other: Meant) -> bool:
    (lon, lat), (lon_2, lat_2) = (in_degrees(x, y, crs=each.crs, swapped=each.swapped) for each in (one, other))
    return bool(np.hypot((lon - lon_2) * np.cos(np.radians(lat)), lat - lat_2)[0] > _SAME_DEG)


def meant_by(shapes: Sequence[Any], *, but: str, home: Home) -> Meant | None:
    """The same for shapes, by one position of each of some."""
    return meant(*_points(shapes), but=but, home=home)


def candidates(home: Home) -> list[str]:
    """The municipality's own system, the usual ones, those of its kind, UTM here and next door, others in use there.

    Of those in which as many points lie near home, the first is taken.
    """
    from pyproj.aoi import AreaOfInterest  # noqa: PLC0415
    from pyproj.database import query_crs_info  # noqa: PLC0415
    from pyproj.enums import PJType  # noqa: PLC0415

    system = geometry.coordinate_system(home.crs)
    use = system.area_of_use
    west, south, east, north = home.box or (use.bounds if use is not None else (-180.0, -90.0, 180.0, 90.0))
    middle = ((west + east) / 2, (south + north) / 2) if west <= east else (west, south)
    zone = AreaOfInterest(max(middle[0] - _ZONE_DEG, -180.0), middle[1], min(middle[0] + _ZONE_DEG, 180.0), middle[1])
    land = AreaOfInterest(*use.bounds) if use is not None and _is_small(use.bounds) else zone
    kind = system.name.split(" ")[0]
    country, around, here = (
        query_crs_info(auth_name="EPSG", pj_types=PJType.PROJECTED_CRS, area_of_interest=area, contains=within)
        for area, within in ((land, False), (zone, False), (AreaOfInterest(*middle, *middle), True))
    )
    # Emulations lie where what they emulate does, which is what files are really in.
    kin = [info for info in country if info.name.split(" ")[0] == kind and not info.name.endswith("emulation")]
    kin += [info for info in around if _UTM.fullmatch(info.name)]
    # Twins of others with their axes the other way round: here x always stands first.
    found = [f"EPSG:{info.code}" for info in [*kin, *here] if not info.name.endswith("(N-E)")]
    return list(dict.fromkeys([home.crs.upper(), *USUAL, *found]))[:_MOST_TRIED]


def _is_small(bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = bounds
    return 0 <= east - west <= _COUNTRY_DEG and north - south <= _COUNTRY_DEG


def crs_faults(member: Named, *, asked: str | None) -> list[FieldError]:
    """What of a file's own system contradicts the one that is asked for, or cannot be read where none is."""
    if not member.said or (asked is not None and member.code == asked.upper()):
        return []
    if asked is None and member.code is not None:
        return []
    detail = (
        f"It names another system than {asked.upper()}, or none by its EPSG code. Ask with the file's own `crs`."
        if asked is not None
        else "It names a system that is not known here. Ask with `crs`, the EPSG code of its coordinates."
    )
    return [FieldError("/crs", "other-system", detail)]


def crs_member(member: Any) -> Named:
    """What the `crs` of a GeoJSON of 2008 names: by name, by code (2007), or by a link, which is not followed."""
    if member is None:
        return Named()
    properties = member.get("properties") if isinstance(member, Mapping) else None
    properties = properties if isinstance(properties, Mapping) else {}
    code = properties.get("code")
    if isinstance(code, int) and not isinstance(code, bool):
        return named(f"EPSG:{code}")
    name = properties.get("name")
    return named(name) if isinstance(name, str) else Named(None, said=True)
