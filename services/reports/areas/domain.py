"""The municipality's areas: a tree that is replaced as a whole, and what one tree changes of the one before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Literal

import numpy as np
import orjson
import shapely

from services.reports.areas.geojson import LONGEST, AreaShape, read_areas
from shared.bus import MAX_VALUE_BYTES
from shared.errors import Invalid, Malformed, TooLarge
from shared.geo.geometry import to_lonlat, to_metres
from shared.http.strict_json import read_json
from shared.privacy import check_texts

Source = Literal["geojson", "grid"]
# Eight decimals of a degree are a millimetre. Without an end to the digits, the same map projected by another
# release of the library would count as changed.
DECIMALS = 8
# All of Sweden's smallest statistical areas have fewer.
MOST_POSITIONS = 1_000_000
MOST_FEATURES = 20_000
# Of all objects in a file: fifty of each feature, its properties and geometry.
_MOST_MEMBERS = 50 * MOST_FEATURES
# An area travels in one message, with its name and codes.
MOST_GEOMETRY_BYTES = MAX_VALUE_BYTES - 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One area as it is stored. `level` 0 is the municipality; `path` leads from the root down to the area itself.

    geometry: GeoJSON as text, a megabyte at most: as objects it would take ten times the memory.
    """

    code: str
    name: str
    parent: str | None
    level: int
    path: tuple[str, ...]
    geometry: str
    active: bool = True
    sequence: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a new tree changes. Each area carries the sequence number it gets."""

    added: Sequence[Area]
    changed: Sequence[Area]
    retired: Sequence[Area]
    unchanged: int


def areas_in(file: BinaryIO, *, crs: str, home_crs: str, confirmed: bool = False) -> Iterator[bytes]:
    """The areas of a GeoJSON file, each as JSON: code, name, parent, level, path, geometry. For a child process.

    `confirmed`: what looks like personal data in the names concerns nobody. Raises PersonalData, Malformed, TooLarge,
    and Invalid as `geojson.read_areas` and `tree` do.
    """
    body = file.read()
    # Each position is a list, and hardly anything else is.
    if body.count(b"[") > MOST_POSITIONS + 10 * MOST_FEATURES:
        raise TooLarge("The file has more than 1,000,000 positions. Simplify its borders.")
    collection = _collection(body)
    del body
    features = collection.get("features")
    if isinstance(features, list) and len(features) > MOST_FEATURES:
        raise TooLarge(f"The file has {len(features)} features, and {MOST_FEATURES} areas are taken at most.")
    # First: what is wrong with an area is told with its code.
    _admit_names(collection, confirmed=confirmed)
    for area in tree(read_areas(collection, crs=crs, home_crs=home_crs)):
        yield orjson.dumps([area.code, area.name, area.parent, area.level, area.path, area.geometry])


def _collection(body: bytes) -> dict[str, Any]:
    try:
        collection = read_json(body, members=_MOST_MEMBERS)
    except ValueError:
        raise Malformed("The body is no valid JSON.") from None
    return collection if isinstance(collection, dict) else {}


def _admit_names(collection: dict[str, Any], *, confirmed: bool) -> None:
    features = collection.get("features")
    texts = {
        f"/features/{number}/properties/{name}": str(value)
        for number, feature in enumerate(features if isinstance(features, list) else ())
        if isinstance(feature, dict) and isinstance(feature.get("properties"), dict)
        for name, value in feature["properties"].items()
        # Longer ones are refused for that, and nothing of them is kept.
        if name in LONGEST and value is not None and len(str(value)) <= LONGEST[name]
    }
    check_texts(texts, confirmed=confirmed, codes=[field for field in texts if not field.endswith("/name")])


def tree(shapes: Iterable[AreaShape]) -> list[Area]:
    """The areas of a validated file, parents before children as they come. Raises Invalid for one drawn too finely."""
    paths: dict[str, tuple[str, ...]] = {}
    areas = []
    for shape in shapes:
        paths[shape.code] = path = (*(paths[shape.parent] if shape.parent else ()), shape.code)
        rounded = shapely.transform(shape.polygon, lambda xy: np.round(xy, DECIMALS))
        text = shapely.to_geojson(rounded)
        if len(text) > MOST_GEOMETRY_BYTES:
            raise Invalid(f"The area {shape.code} is drawn too finely: its polygon takes more than 1 MB. Simplify it.")
        areas.append(
            Area(
                code=shape.code,
                name=shape.name,
                parent=shape.parent,
                level=len(path) - 1,
                path=path,
                geometry=text,
            )
        )
    return areas


def difference(current: Mapping[str, Area], wanted: Sequence[Area]) -> Difference:
    """What changes when `wanted` takes the place of all `current` areas, active and retired, by their codes."""
    added, changed, unchanged = [], [], 0
    for area in wanted:
        known = current.get(area.code)
        if known is None:
            added.append(area)
        elif not known.active:
            added.append(replace(area, sequence=known.sequence + 1))
        elif replace(known, sequence=1, geometry=area.geometry) == area and _same(known.geometry, area.geometry):
            unchanged += 1
        else:
            changed.append(replace(area, sequence=known.sequence + 1))
    kept = {area.code for area in wanted}
    retired = [
        replace(area, active=False, sequence=area.sequence + 1)
        for area in current.values()
        if area.active and area.code not in kept
    ]
    return Difference(added=added, changed=changed, retired=retired, unchanged=unchanged)


def _same(one: str, other: str) -> bool:
    """Whether two texts say the same: a database writes numbers and gaps in its own way."""
    return one == other or bool(orjson.loads(one) == orjson.loads(other))


def box_in_metres(box: tuple[float, float, float, float], *, crs: str, home: str) -> tuple[float, float, float, float]:
    """The box in the system `home` that holds a box given in `crs`: its edges bend, so points along them count too.

    box: west, south, east, north, in the units of `crs`. Returns the same in metres. Raises Invalid for unknown codes.
    """
    if crs.upper() == home.upper():
        return box
    west, south, east, north = box
    along = np.linspace(0.0, 1.0, 21)
    xs, ys = west + along * (east - west), south + along * (north - south)
    x = np.concatenate([xs, xs, np.full(21, west), np.full(21, east)])
    y = np.concatenate([np.full(21, south), np.full(21, north), ys, ys])
    e, n = to_metres(*to_lonlat(x, y, crs=crs), crs=home)
    return float(e.min()), float(n.min()), float(e.max()), float(n.max())
