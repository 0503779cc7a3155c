"""Districts that are in use, and the file of their parts: what is suggested, and what is said of parents it names."""

from io import BytesIO
from typing import Any

import orjson
import pytest

from services.reports.areas.domain.answers import areas_in, file_in
from services.reports.areas.domain.parents import InUse, note_on
from tests.support.make.area_files import HOME, collection, feature, moved

DISTRICTS = [InUse("2380", "Östersund", 0), *(InUse(f"{n}", f"Stadsdel {n}", 1) for n in range(1, 7))]
# Three parts of each district, numbered anew in each, and codes of their own for all of them.
PARTS: list[dict[str, Any]] = [
    {"codbarrio": p, "barrio": f"Del {n}.{p}", "coddistrit": n, "distrito": f"STADSDEL  {n}", "kod": n * 10 + p}
    for n in range(1, 7) for p in range(1, 4)
]  # fmt: skip


def file_of(rows: list[dict[str, Any]]) -> bytes:
    """Squares side by side with these properties."""
    return collection(*(feature(moved(0.1 * n), **row) for n, row in enumerate(rows)))


def offered(rows: list[dict[str, Any]], tree: list[InUse] = DISTRICTS) -> dict[str, Any]:
    """What such a file offers while areas are in use."""
    known = [each.code for each in tree]
    found = file_in(BytesIO(file_of(rows)), layer=None, home=HOME, municipality="2380", known=known, tree=tree)
    return dict(orjson.loads(next(iter(found))))


def without(*names: str) -> list[dict[str, Any]]:
    """The parts, without some of their properties."""
    return [{name: value for name, value in row.items() if name not in names} for row in PARTS]


def test_the_level_below_what_is_in_use_is_suggested() -> None:
    """By the property that names all districts, not by one whose numbers happen to be among their codes."""
    found = offered(PARTS)
    told = {name: found["reading"][name] for name in ("code", "parent", "level")}
    assert told == {"code": "kod", "parent": "coddistrit", "level": 2}
    assert found["ranked"]["parent"][0] == "coddistrit"
    assert "level-below" in {each["code"] for each in found["doubts"]}


def test_names_of_districts_will_do() -> None:
    """Where no property has their codes."""
    found = offered(without("coddistrit", "codbarrio"))
    assert (found["reading"]["parent"], found["reading"]["level"]) == ("distrito", 2)


@pytest.mark.parametrize("tree", [[], DISTRICTS[:1]])
def test_nothing_in_use_is_no_level(tree: list[InUse]) -> None:
    """All areas, as they come the first time."""
    assert offered(PARTS, tree)["reading"]["level"] is None


def test_the_same_districts_again_are_no_parts_of_themselves() -> None:
    """Codes and names that are in use are their own: all of them anew."""
    rows = [{"kod": each.code, "namn": each.name, "del": 1 + n % 2} for n, each in enumerate(DISTRICTS[1:])]
    reading = offered(rows)["reading"]
    assert (reading["code"], reading["parent"], reading["level"]) == ("kod", None, None)


def test_a_whole_tree_stays_one() -> None:
    """Districts and their parts in one file, while those districts are in use."""
    rows: list[dict[str, Any]] = [{"kod": each.code, "namn": each.name, "i": "2380"} for each in DISTRICTS[1:]]
    rows += [{"kod": f"{row['kod']}", "namn": row["barrio"], "i": f"{row['coddistrit']}"} for row in PARTS]
    reading = offered(rows)["reading"]
    assert (reading["parent"], reading["level"]) == ("i", None)


def read_onto(tree: list[list[Any]], **reading: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is said of the parts as a level of a tree in use, and the parent of each."""
    body = file_of(PARTS)
    said = {"code": "kod", "name": "barrio", "level": 2, **reading}
    whole = BytesIO(body + orjson.dumps(tree))
    head, *areas = map(orjson.loads, areas_in(whole, reading=said, home=HOME, file_bytes=len(body)))
    return head, {area[0]: area[2] for area in areas}


def in_use(names: dict[str, str]) -> list[list[Any]]:
    """Districts of these names by their codes, each three squares wide, and the municipality around them."""

    def box(west: float, east: float) -> str:
        ring = [[west, 63.1], [east, 63.1], [east, 63.2], [west, 63.2], [west, 63.1]]
        return orjson.dumps({"type": "Polygon", "coordinates": [[[round(x, 6), y] for x, y in ring]]}).decode()

    wide = 0.3
    told = enumerate(names.items())
    rows = [[code, "2380", 1, box(14.5 + wide * n, 14.5 + wide * (n + 1)), name] for n, (code, name) in told]
    return [["2380", None, 0, box(14.5, 14.5 + wide * len(names)), "Östersund"], *rows]


def test_a_parent_is_taken_by_its_name() -> None:
    """Whatever its case and spaces, where one area of the level above is called so; which is said."""
    head, parents = read_onto(in_use({each.code: each.name for each in DISTRICTS[1:]}), parent="distrito")
    assert head["faults"] == []
    assert [each["code"] for each in head["notes"]] == ["parents-by-name"]
    assert parents == {f"{row['kod']}": f"{row['coddistrit']}" for row in PARTS}


def test_a_name_of_two_is_no_parent() -> None:
    """Which of them is meant, nobody can tell: by their codes it can."""
    names = {each.code: each.name for each in DISTRICTS[1:]} | {"6": "Stadsdel 5"}
    head, _ = read_onto(in_use(names), parent="distrito")
    assert {fault[1] for fault in head["faults"]} == {"unknown-parent"}
    assert len(head["faults"]) == 6


def test_what_to_do_about_parents_that_are_not_found() -> None:
    """They are in use, or are to be imported first; of one that is a slip nothing is said."""
    names, codes = [[f"{row[name]}" for row in PARTS] for name in ("distrito", "coddistrit")]
    for unknown in (names, codes):
        note = note_on(unknown, DISTRICTS)
        assert note is not None
        assert (note["code"], note["areas"]) == ("parents-in-use", [each.code for each in DISTRICTS[1:]])
        first = note_on(unknown, DISTRICTS[:1])
        assert first is not None
        assert first["code"] == "parents-first"
        assert not any(text in str(first) for text in unknown[0].split())
    assert note_on(["9"], DISTRICTS) is None
    assert note_on([], DISTRICTS) is None
