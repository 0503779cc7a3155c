"""POST /areas/imports with files made to hurt: each a refusal in a sentence, and the areas stay as they were."""

import io
import json
from typing import Any

import httpx
import pytest

from services.reports.areas.commands import stretches
from services.reports.areas.domain.answers import areas_in
from services.reports.areas.domain.trees import Area
from shared.errors import Invalid, Malformed, TooLarge
from tests.support.make.areas import square


def file_of(*geometries: Any, code: str = "a{}") -> bytes:
    """A file of areas with these geometries."""
    features = [
        {"type": "Feature", "properties": {"code": code.format(n), "name": "Område"}, "geometry": geometry}
        for n, geometry in enumerate(geometries)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def positions(count: int) -> bytes:
    """A polygon of so many positions, all in one place."""
    text = file_of({"type": "Polygon", "coordinates": [["P"]]})
    return text.replace(b'"P"', b",".join([b"[14,63]"] * count))


def collected(depth: int) -> dict[str, Any]:
    """Geometries in geometries."""
    geometry = square(14.5, 63.0, 0.1)
    for _ in range(depth):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    return geometry


RING = [[14, 63], [14, 64], [15, 64], [15, 63], [14, 63]]
HOSTILE: dict[str, tuple[bytes, int]] = {
    "more positions than anybody draws": (positions(1_200_001), 413),
    "lists without an end": (b"[" * 300_000, 400),
    "geometries in geometries": (file_of(collected(400)), 422),
    "a polygon of all in one place": (positions(50_000), 422),
    "coordinates beyond the Earth": (positions(4).replace(b"14", b"1e308"), 422),
}
BAD: dict[str, bytes] = {
    "more areas than anybody has": file_of(*[None] * 20_001),
    "objects without an end": b'{"type":' * 100_000,
    "broken off": file_of(square(14.5, 63.0, 0.1))[:-20],
    "bytes that are no text": b'{"type": "FeatureCollection", "features": ["\xff\xfe"]}',
    "numbers that are none": file_of({"type": "Polygon", "coordinates": [[[float("nan"), 63]] * 4]}),
    "numbers beyond all": positions(4).replace(b"14", b"1e999"),
    "a line in a polygon's place": file_of({"type": "LineString", "coordinates": RING}),
    "a ring of three positions": file_of({"type": "Polygon", "coordinates": [RING[:3]]}),
    "texts for numbers": file_of({"type": "Polygon", "coordinates": [[["14", "63"]] * 4]}),
    "truth for numbers": file_of({"type": "Polygon", "coordinates": [[[True, False]] * 4]}),
    "no list of features": b'{"type": "FeatureCollection", "features": {"0": 1}}',
    "features that are none": b'{"type": "FeatureCollection", "features": [1, null, "x", [], {}]}',
    "properties that are none": file_of(square(14.5, 63.0, 0.1)).replace(b'"properties": {', b'"other": {'),
}


async def test_a_hostile_file_of_areas_is_one_refusal(reports: httpx.AsyncClient) -> None:
    """Endless, broken, beyond all numbers: 400, 413 or 422 in a sentence."""
    before = (await reports.get("/areas", params={"geometry": "true"})).json()
    found = {}
    for what, (content, _) in HOSTILE.items():
        answer = await reports.post("/areas/imports", content=content)
        found[what] = answer.status_code
        assert answer.json()["detail"].endswith("."), (what, answer.text)
    assert found == {what: status for what, (_, status) in HOSTILE.items()}
    assert (await reports.get("/areas", params={"geometry": "true"})).json() == before


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_bad_file_of_areas_is_refused(content: bytes) -> None:
    """What the child itself refuses, without one."""
    reading = {"code": "code", "name": "name", "parent": "parent"}
    try:
        first, *areas = areas_in(io.BytesIO(content), reading=reading, home={"crs": "EPSG:3006"}, strict=True)
    except (Malformed, TooLarge, Invalid):
        return
    assert json.loads(first)["faults"]
    assert not areas


@pytest.mark.long
async def test_areas_that_all_cover_each_other_are_one_refusal(reports: httpx.AsyncClient) -> None:
    """Fifteen thousand squares in one place: a hundred million pairs, and the child's time has an end."""
    reports.timeout = httpx.Timeout(200)
    answer = await reports.post("/areas/imports", content=file_of(*[square(14.5, 63.0, 0.1)] * 15_000))
    print(answer.status_code, answer.json()["detail"], answer.elapsed)
    assert answer.status_code == 422


def test_areas_are_stored_in_stretches() -> None:
    """Two hundred at a time, and of those of a megabyte one: requests are answered in between."""

    def areas(count: int, size: int) -> list[Area]:
        return [Area(code=str(n), name="", parent=None, level=0, path=(), geometry="x" * size) for n in range(count)]

    assert [len(some) for some in stretches(areas(450, 10))] == [200, 200, 50]
    assert [len(some) for some in stretches(areas(3, 1_100_000))] == [1, 1, 1]
    assert list(stretches([])) == []
