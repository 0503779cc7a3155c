"""POST /areas/imports: every code of a problem that is promised to those who draw areas, over HTTP."""

from typing import Any

import httpx
import pytest

from services.reports.areas.schemas.tree import PROBLEMS
from tests.integration.reports.conftest import clean, reports, reports_app, reports_url
from tests.support.make.areas import RETIRE, square

__all__ = ["clean", "reports", "reports_app", "reports_url"]

ROOT = square(14.5, 63.0, 0.4)
HALF = square(14.5, 63.0, 0.2)
BOW_TIE = {"type": "Polygon", "coordinates": [[[14.5, 63], [14.9, 63.4], [14.9, 63], [14.5, 63.4], [14.5, 63]]]}
LOST_HOLE = {"type": "Polygon", "coordinates": [*HALF["coordinates"], *square(14.8, 63.3, 0.01)["coordinates"]]}


# As many positions as fit into no message, each a little off the one before.
_FAR = 80_000
_NORTH = [[14.6 + n * 1e-6, 63.05 + n % 2 * 1e-6] for n in range(_FAR)]
FINE = {"type": "Polygon", "coordinates": [[*_NORTH, [14.6 + _FAR * 1e-6, 63.01], [14.6, 63.01], _NORTH[0]]]}


def area(code: Any, parent: Any = "R", geometry: Any = None, **properties: Any) -> dict[str, Any]:
    """A feature under the root R."""
    named = {"code": code, "name": f"Område {code}", "parent": parent} | properties
    return {"type": "Feature", "properties": named, "geometry": geometry}


DEEP = [area(f"d{n}", f"d{n - 1}" if n else "R", HALF) for n in range(12)]
CASES: dict[str, tuple[list[Any], list[str | None]]] = {
    "empty": ([area("1")], ["1"]),
    "missing": ([area(None, geometry=HALF)], [None]),
    "duplicate": ([area("1", geometry=HALF), area("1", geometry=HALF)], ["1"]),
    "unusable-text": ([area("1", geometry=HALF) | {"properties": {"code": "1", "name": "a\0b", "parent": "R"}}], ["1"]),
    "unknown-parent": ([area("1", "nowhere", HALF)], ["1"]),
    "cycle": ([area("1", "2", HALF), area("2", "1", HALF)], ["1", "2"]),
    "too-deep": (DEEP, ["d11"]),
    "not-a-polygon": ([area("1", geometry={"type": "Point", "coordinates": [14.6, 63.1]})], ["1"]),
    "self-crossing": ([area("1", geometry=BOW_TIE)], ["1"]),
    "invalid-polygon": ([area("1", geometry=LOST_HOLE)], ["1"]),
    "out-of-range": ([area("1", geometry=square(63.0, 14.5, 0.2))], ["1"]),
    "overlap": ([area("1", geometry=HALF), area("2", geometry=square(14.69, 63.0, 0.2))], ["2"]),
    "outside-parent": ([area("1", geometry=square(14.8, 63.0, 0.2))], ["1"]),
    "too-fine": ([area("1", geometry=FINE)], ["1"]),
}
# What is wrong with a whole file, or with what is asked of it: test_files.py, test_letters.py.
OF_FILES = {"other-system", "no-such-level", "unsure-letters", "spoilt-letters"}


@pytest.mark.parametrize("code", CASES)
async def test_each_problem_has_its_code_and_the_areas(reports: httpx.AsyncClient, code: str) -> None:
    """One file a problem: that code and no other, with the code of each area it is about; and nothing is stored."""
    features, about = CASES[code]
    body = {"type": "FeatureCollection", "features": [area("R", None, ROOT), *features]}
    answer = await reports.post("/areas/imports", params=RETIRE, json=body)
    assert answer.status_code == 422, answer.text
    found = answer.json()["errors"]
    assert {each["code"] for each in found} == {code}, found
    assert [each.get("about") for each in found] == about
    assert [each["code"] for each in (await reports.get("/areas")).json()["areas"]] == ["01"]


async def test_nothing_at_all(reports: httpx.AsyncClient) -> None:
    """A collection without features is empty too; slivers are no problem."""
    answer = await reports.post("/areas/imports", params=RETIRE, json={"type": "FeatureCollection", "features": []})
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [("/features", "empty")]
    sliver = [area("R", None, ROOT), area("1", geometry=HALF), area("2", geometry=square(14.6999, 63.0, 0.2))]
    taken = await reports.post("/areas/imports", params=RETIRE, json={"type": "FeatureCollection", "features": sliver})
    assert taken.status_code == 200, taken.text


def test_every_promised_code_has_a_case() -> None:
    """And no other is in the list."""
    assert {*CASES} | OF_FILES == {*PROBLEMS}
