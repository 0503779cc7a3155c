"""What placing needs to know of the municipality; every noun that places something stands on it."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from shared.geo import geometry


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What placing needs to know of the municipality: its clock, its projected system, its areas and their codes."""

    zone: ZoneInfo
    crs: str
    areas: geometry.AreaIndex = field(default_factory=lambda: geometry.AreaIndex(()))
    codes: frozenset[str] = frozenset()
    # Codes with their names.
    names: frozenset[tuple[str, str]] = frozenset()
