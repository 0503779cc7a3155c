"""Coordinate systems: from degrees to metres and back, and where a system is meant to be used. Pure; pyproj."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from shared.errors import FieldError, Invalid
from shared.geo.squares import on_edges

# pyproj takes 10 MB of every process that has it, so it is imported where the first point is projected.
if TYPE_CHECKING:
    from pyproj import CRS, Transformer

Array = NDArray[np.float64]

# Areas of use are published as rough boxes of one zone, and neighbours draw their maps in the next one's system.
AREA_OF_USE_MARGIN_DEG = 6.0


@lru_cache(maxsize=64)
def coordinate_system(crs: str) -> "CRS":
    """The coordinate system that a code like `EPSG:3006` names. Raises Invalid for one that does not exist."""
    from pyproj import CRS  # noqa: PLC0415
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    match = re.fullmatch(r"EPSG:([0-9]{4,6})", crs, flags=re.IGNORECASE | re.ASCII)
    if match is None:
        raise _unknown("A coordinate system is written as its EPSG code, for example EPSG:3006.")
    try:
        system = CRS.from_epsg(int(match[1]))
    except CRSError:
        raise _unknown("No coordinate system known here has this EPSG code.") from None
    if not (system.is_projected or system.is_geographic) or len(system.axis_info) != 2:
        raise _unknown(f"EPSG:{match[1]} is not a coordinate system of the plane.")
    return system


def _unknown(why: str) -> Invalid:
    return Invalid(why, errors=(FieldError("/crs", "unknown-crs", why),))


@lru_cache(maxsize=64)
def _to_lonlat(crs: str) -> "Transformer":
    from pyproj import Transformer  # noqa: PLC0415

    return Transformer.from_crs(coordinate_system(crs), 4326, always_xy=True)


@lru_cache(maxsize=64)
def _to_metres(crs: str) -> "Transformer":
    from pyproj import Transformer  # noqa: PLC0415

    system = coordinate_system(crs)
    if not system.is_projected or any(axis.unit_conversion_factor != 1.0 for axis in system.axis_info):
        raise Invalid(f"{crs.upper()} is no projected system in metres; EPSG:3006, for example, is one.")
    return Transformer.from_crs(4326, system, always_xy=True)


def require_metres(crs: str) -> None:
    """Raise Invalid unless `crs` exists, is projected and counts metres: distances and grid cells need that."""
    _to_metres(crs)


@overload
def to_metres(lon: float, lat: float, *, crs: str) -> tuple[float, float]: ...
@overload
def to_metres(lon: Array, lat: Array, *, crs: str) -> tuple[Array, Array]: ...
def to_metres(lon: Any, lat: Any, *, crs: str) -> tuple[Any, Any]:
    """Easting and northing in the projected system `crs`, metres; the order is always x, y.

    lon, lat: degrees, WGS 84; numbers or arrays of one shape (n,). Points beyond the projection become inf or nan.
    Raises Invalid for an unknown code and for a system that does not count metres.
    """
    return _to_metres(crs).transform(lon, lat)


@overload
def to_lonlat(x: float, y: float, *, crs: str) -> tuple[float, float]: ...
@overload
def to_lonlat(x: Array, y: Array, *, crs: str) -> tuple[Array, Array]: ...
def to_lonlat(x: Any, y: Any, *, crs: str) -> tuple[Any, Any]:
    """Longitude and latitude, degrees, WGS 84, of points in any EPSG system.

    x: east or longitude, y: north or latitude, whatever order the register gives the axes; numbers or arrays of one
    shape (n,). Points beyond the projection become inf or nan. Raises Invalid for an unknown code.
    """
    return _to_lonlat(crs).transform(x, y)


@lru_cache(maxsize=64)
def _from_lonlat(crs: str) -> "Transformer":
    from pyproj import Transformer  # noqa: PLC0415

    return Transformer.from_crs(4326, coordinate_system(crs), always_xy=True)


def from_lonlat(lon: Array, lat: Array, *, crs: str) -> tuple[Array, Array]:
    """What `to_lonlat` is the inverse of: x and y in any EPSG system, in its own units. Raises Invalid as that does."""
    x, y = _from_lonlat(crs).transform(lon, lat)
    return x, y


@overload
def to_ground(lon: float, lat: float, *, crs: str) -> tuple[float, float]: ...
@overload
def to_ground(lon: Array, lat: Array, *, crs: str) -> tuple[Array, Array]: ...
def to_ground(lon: Any, lat: Any, *, crs: str) -> tuple[Any, Any]:
    """What `to_metres` gives, for points whose square is asked for: those that lay on an edge lie on it again.

    Degrees are written to a centimetre; a point of an edge, a whole metre, would else fall to either side by chance.
    """
    e, n = to_metres(lon, lat, crs=crs)
    return on_edges(e), on_edges(n)


def fits(lon: Array, lat: Array, *, crs: str, margin: float = AREA_OF_USE_MARGIN_DEG) -> NDArray[np.bool_]:
    """Whether points lie where `crs` is meant to be used: false for swapped axes, another country, inf and nan.

    lon, lat: shape (n,), degrees. The box is the area of use of the EPSG register and `margin` degrees around it, a
    zone's width; a system without one fits everywhere on Earth.
    """
    use = coordinate_system(crs).area_of_use
    west, south, east, north = use.bounds if use is not None else (-180.0, -90.0, 180.0, 90.0)
    low, high = max(south - margin, -90.0), min(north + margin, 90.0)
    # A box over the antimeridian has its west edge east of its east edge (New Zealand).
    west, east = west - margin, east + margin
    across = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
    fitting: NDArray[np.bool_] = across & (np.abs(lon) <= 180.0) & (lat >= low) & (lat <= high)
    return fitting
