"""Rates of placing a point: projection, area, cell, dark or light; one by one and in bulk."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest
import shapely

from shared.geo import geometry
from shared.geo.sun import is_dark

pytestmark = pytest.mark.bench

POINTS = 200_000


def measure(name: str, work: Callable[[], object], *, items: int, target: float) -> None:
    """Print items per second of the best of three runs, and the processor time of one item."""
    runs = []
    for _ in range(3):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        runs.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = min(runs)
    row = {"name": name, "value": round(items / wall), "unit": "1/s", "target": target}
    print(json.dumps(row | {"cpu_us_per_item": round(cpu / items * 1e6, 3), "statements_per_item": 0, "count": items}))


@pytest.fixture(scope="module")
def index() -> geometry.AreaIndex:
    """400 areas of about 200 corners in two levels under one root, as a large municipality has."""
    rng = np.random.default_rng(2380)
    blobs = shapely.buffer(shapely.points(rng.uniform((14.0, 62.9), (15.4, 63.5), (400, 2))), 0.05, quad_segs=50)
    root = [("2380", shapely.box(13.9, 62.7, 15.8, 63.7), 1)]
    return geometry.AreaIndex([*root, *((f"{k:03}", blob, 2 + k % 2) for k, blob in enumerate(blobs))])


def test_area_of_a_point(index: geometry.AreaIndex) -> None:
    """Point to area: at most 15 µs one by one, at least 300,000/s in bulk."""
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(13.8, 15.9, POINTS), rng.uniform(62.6, 63.8, POINTS)
    some = list(zip(lon[:20_000].tolist(), lat[:20_000].tolist(), strict=True))
    measure("geo.area.one", lambda: [index.code_at(x, y) for x, y in some], items=len(some), target=66_667)
    measure("geo.area.bulk", lambda: index.codes_at(lon, lat), items=POINTS, target=300_000)
    assert [index.code_at(x, y) for x, y in some] == index.codes_at(lon, lat)[: len(some)]


def test_projection_and_cell() -> None:
    """Longitude and latitude to metres and on to the 250 m cell."""
    rng = np.random.default_rng(2)
    lon, lat = rng.uniform(13.9, 15.8, POINTS), rng.uniform(62.7, 63.7, POINTS)
    e, n = geometry.to_metres(lon, lat, crs="EPSG:3006")
    measure("geo.project.bulk", lambda: geometry.to_metres(lon, lat, crs="EPSG:3006"), items=POINTS, target=1_000_000)
    measure("geo.cell.bulk", lambda: geometry.cells_of(e, n), items=POINTS, target=300_000)
    some = list(zip(lon[:20_000].tolist(), lat[:20_000].tolist(), strict=True))

    def one_by_one() -> list[str]:
        return [geometry.cell_of(*geometry.to_metres(x, y, crs="EPSG:3006")) for x, y in some]

    measure("geo.project_and_cell.one", one_by_one, items=len(some), target=100_000)
    assert one_by_one() == geometry.cells_of(e, n)[: len(some)]


def test_dark_or_light() -> None:
    """Sun elevation: at most 10 µs one by one, at least 500,000/s in bulk."""
    lon, lat = np.full(POINTS, 14.64), np.full(POINTS, 63.18)
    at = np.datetime64("2026-01-01") + np.arange(POINTS) * np.timedelta64(60, "s")
    moment = datetime(2026, 1, 1, 15, tzinfo=UTC)
    measure("sun.dark.bulk", lambda: is_dark(lon, lat, at), items=POINTS, target=500_000)
    measure(
        "sun.dark.one", lambda: [is_dark(14.64, 63.18, moment) for _ in range(20_000)], items=20_000, target=100_000
    )
    assert 0 < is_dark(lon, lat, at).sum() < POINTS
