"""What placing needs to know of the municipality; every noun that places something stands on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from shared.geo.geometry import AreaIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What placing needs to know of the municipality. `paths` holds every area, `in_use` those that take gatherings."""

    zone: ZoneInfo
    crs: str
    areas: AreaIndex = field(default_factory=lambda: AreaIndex(()))
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    in_use: frozenset[str] = frozenset()
