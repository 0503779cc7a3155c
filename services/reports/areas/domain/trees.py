"""The municipality's areas: a tree that is replaced as a whole, and what one tree changes of the one before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import orjson
import shapely

from services.reports.areas.domain.geojson import AreaShape
from services.reports.areas.domain.shaping import kept
from shared.geo.geometry import shape_of

_OUTLINE_PARTS = 300
Source = Literal["geojson", "geopackage", "shapefile", "grid", "undo"]


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

    @property
    def none(self) -> bool:
        """Whether nothing is another than before."""
        return not (self.added or self.changed or self.retired)


def outline(area: Area) -> dict[str, Any]:
    """The geometry of an area with few positions, GeoJSON, to be looked at."""
    shape = shape_of(area.geometry)
    west, south, east, north = shape.bounds
    fewer = shapely.simplify(shape, max(east - west, north - south) / _OUTLINE_PARTS)
    found: dict[str, Any] = orjson.loads(shapely.to_geojson(fewer))
    return found


def tree(shapes: Sequence[AreaShape], texts: Sequence[str] | None = None) -> list[Area]:
    """Areas as they are stored, parents before children as they come.

    texts: their geometry as GeoJSON where that is made already. Parents may be others than these: see `joined`.
    """
    written = texts if texts is not None else shapely.to_geojson(kept(np.array([s.polygon for s in shapes])))
    return joined((), [(s.code, s.name, s.parent, text) for s, text in zip(shapes, written, strict=True)])


def joined(staying: Iterable[Area], coming: Iterable[tuple[str, str, str | None, str]]) -> list[Area]:
    """A tree of areas that stay as they are, and of others that come: code, name, parent, geometry.

    Parents before children in each; those that stay may lie in some that come.
    """
    found = [*((each.code, each.name, each.parent, each.geometry) for each in staying), *coming]
    parents = {code: parent for code, _, parent, _ in found}
    areas = []
    for code, name, parent, geometry in found:
        path = _path(code, parents)
        areas.append(Area(code=code, name=name, parent=parent, level=len(path) - 1, path=path, geometry=geometry))
    return sorted(areas, key=lambda area: area.level)


def _path(code: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    path, above = [code], parents[code]
    while above is not None:
        path.append(above)
        above = parents[above]
    return tuple(reversed(path))


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
    """Whether two texts mean the same: each program writes numbers, gaps, rings, and one polygon of many in its way."""
    return one == other or orjson.loads(one) == orjson.loads(other) or _plain(one) == _plain(other)


def _plain(text: str) -> bytes:
    """A geometry without its heights, and without what rings and parts begin with or turn to."""
    parts = shapely.get_parts(shapely.force_2d(shape_of(text)))
    return bytes(shapely.to_wkb(shapely.normalize(shapely.multipolygons(parts))))


def replaced_pct(change: Difference, current: Mapping[str, Area]) -> dict[str, float]:
    """How much of the surface of each area whose shape changes is another one: of both shapes together, in percent."""
    told = {}
    for area in change.changed:
        if _same(current[area.code].geometry, area.geometry):
            continue
        before, after = shape_of(current[area.code].geometry), shape_of(area.geometry)
        whole = float(shapely.union(before, after).area)
        told[area.code] = (
            round(100 * (1 - float(shapely.intersection(before, after).area) / whole), 2) if whole else 0.0
        )
    return told


def retires_most(change: Difference, current: Mapping[str, Area]) -> bool:
    """Whether more than half of the areas in use would take no more reports: hardly ever what somebody means."""
    in_use = sum(area.active for area in current.values())
    return 2 * len(change.retired) > in_use


def undone(current: Mapping[str, Area], before: Mapping[str, Area | None]) -> list[Area]:
    """The tree in use as it was before an import. before: what was there of each area that it touched, or nothing."""
    now = {code: area for code, area in current.items() if area.active}
    for code, area in before.items():
        if area is not None and area.active:
            now[code] = area
        else:
            now.pop(code, None)
    return sorted((replace(area, sequence=1) for area in now.values()), key=lambda area: (area.level, area.code))
