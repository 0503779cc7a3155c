"""Where walks and their findings lie in the tree as it is now, if that is elsewhere than they were placed. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from shared.geo.heirs import where_said

# With their findings, few enough that nobody waits for the rows.
WALKS_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The areas by their codes: their paths, those in use, and where things of the others belong."""

    paths: Mapping[str, Sequence[str]]
    in_use: Collection[str]
    heirs: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LyingWalk:
    """A walk as it was placed, with what is told of it.

    said_area: the one it was planned in, where it lies in another while that is out of use.
    """

    id: UUID
    organisation_id: UUID
    area_code: str
    said_area: str | None
    planned_on: date
    walked_on: date | None
    status: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LyingFinding:
    """A finding as it was placed, with what is told of it; lon and lat in degrees, WGS 84."""

    id: UUID
    walk_id: UUID
    organisation_id: UUID
    area_code: str
    lon: float | None
    lat: float | None
    kind: str
    owner_id: UUID
    priority: int
    due_on: date
    status: str
    version: int


def moved_walk(walk: LyingWalk, tree: Tree) -> LyingWalk:
    """The walk where it belongs by now: in the area it was planned in, or in the nearest around it that is in use."""
    area = where_said(walk.said_area, walk.area_code, in_use=tree.in_use, heirs=tree.heirs) or walk.area_code
    if area == walk.area_code:
        return walk
    said = walk.said_area or walk.area_code
    return replace(walk, area_code=area, said_area=None if said == area else said, version=walk.version + 1)


def by_point(findings: Iterable[LyingFinding], walks: Mapping[UUID, LyingWalk]) -> list[LyingFinding]:
    """Those whose points say more than their walks: where a walk was is out of use."""
    return [each for each in findings if each.lon is not None and walks[each.walk_id].said_area is not None]


def moved_finding(finding: LyingFinding, *, walk: LyingWalk, found: str | None, tree: Tree) -> LyingFinding:
    """The finding where it belongs by now: where its walk does.

    found: the area around its point, None for none. While its walk lies in an area around the one it was planned in,
    the finding lies in the part of that where its point is.
    """
    inside = found is not None and walk.area_code in tree.paths.get(found, ())
    area = found if found is not None and inside else walk.area_code
    return finding if area == finding.area_code else replace(finding, area_code=area, version=finding.version + 1)
