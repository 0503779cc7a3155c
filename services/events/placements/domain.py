"""Which gatherings lie in another area of the tree as it is now than the one they were placed in. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from services.events.ground import Ground
from services.events.register.domain import Gathering
from shared.geo.heirs import where_said

# Few enough that nobody waits for the rows.
GATHERINGS_AT_ONCE = 500


def moves(gatherings: Sequence[Gathering], *, ground: Ground, heirs: Mapping[str, str]) -> list[Gathering]:
    """Those whose area is another one now, as they are then.

    heirs: of areas that are retired, the nearest one around them that is in use. A point lies in the deepest area
    around it, or in none; what was told by its area alone lies there, or around there while that is out of use.
    """
    lying = [each for each in gatherings if each.lon is not None]
    lon, lat = (np.array([getattr(each, name) for each in lying], dtype=np.float64) for name in ("lon", "lat"))
    found = dict(zip((each.id for each in lying), ground.areas.codes_at(lon, lat), strict=True)) if lying else {}
    placed = [
        _lying_in(each, found[each.id]) if each.id in found else _where_said(each, ground=ground, heirs=heirs)
        for each in gatherings
    ]
    return [after for before, after in zip(gatherings, placed, strict=True) if after is not before]


def _where_said(gathering: Gathering, *, ground: Ground, heirs: Mapping[str, str]) -> Gathering:
    area = where_said(gathering.said_area, gathering.area_code, in_use=ground.in_use, heirs=heirs)
    said = gathering.said_area or gathering.area_code
    return _lying_in(gathering, area, said=None if said == area else said)


def _lying_in(gathering: Gathering, area: str | None, *, said: str | None = None) -> Gathering:
    if area == gathering.area_code:
        return gathering
    return replace(gathering, area_code=area, said_area=said, version=gathering.version + 1)
