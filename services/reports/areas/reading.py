"""A GeoJSON file of areas, read apart: a million positions are seconds of work in libraries that a file may hurt."""

from typing import Any, BinaryIO
from uuid import UUID

import orjson

from services.reports.apart.reading import Bounds, parts_of
from services.reports.areas.domain import Area, areas_in
from shared.turns import Turns

# Measured with a million positions: 1.4 s of a processor and 320 MB; with 20,000 areas of 48 positions each: 9.4 s.
BOUNDS = Bounds(memory_bytes=1_000_000_000, cpu_s=12, wall_s=14)


async def read_file(
    readers: Turns, file: BinaryIO, *, of: UUID, crs: str, home_crs: str, confirmed: bool
) -> list[Area]:
    """The areas of a file, as `areas_in` finds them.

    Raises what `geojson.read_areas` does, Malformed, TooLarge, TooMany, Unavailable.
    """
    wanted = {"crs": crs, "home_crs": home_crs, "confirmed": confirmed}
    async with parts_of(areas_in, file, turns=readers, of=of, bounds=BOUNDS, **wanted) as parts:
        return [_area(orjson.loads(part)) async for part in parts]


def _area(told: list[Any]) -> Area:
    code, name, parent, level, path, geometry = told
    return Area(code=code, name=name, parent=parent, level=level, path=tuple(path), geometry=geometry)
