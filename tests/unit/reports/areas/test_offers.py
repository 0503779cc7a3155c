"""What is suggested for a file's properties, where what they are called and what they say do not go together."""

import io
import sqlite3
import zipfile
from typing import Any

import pytest

from tests.support.make.area_files import collection, feature, geopackage, moved, offered, read, shapefile, zipped


def many(*rows: dict[str, Any]) -> bytes:
    """Squares side by side, with these properties; `id` is the feature's own."""
    features = [feature(moved(0.1 * n), **{k: v for k, v in row.items() if k != "id"}) for n, row in enumerate(rows)]
    return collection(*({"id": row.get("id")} | each for row, each in zip(rows, features, strict=True)))


DESO = [{"desokod": f"2380A00{n}0", "regsokod": "2380R001", "kommunkod": "2380", "kommunnamn": "Östersund"}
        for n in range(1, 4)]  # fmt: skip
OTHERS = [{"desokod": f"0180A00{n}0", "regsokod": f"0180R00{n}", "kommunkod": "0180", "kommunnamn": "Stockholm"}
          for n in range(1, 3)]  # fmt: skip
CASES: dict[str, tuple[list[dict[str, Any]], dict[str, Any], set[str]]] = {
    "a name that all have alike": (
        DESO, {"code": "desokod", "name": None, "name_from": "code", "only": None}, {"no-name"}
    ),
    "a name that all of the municipality's have alike": (
        DESO + OTHERS, {"code": "desokod", "name": None, "name_from": "code", "only": "kommunkod", "parent": None},
        {"no-name", "larger-file"},
    ),
    "a code that stands twice": (
        [{"NYKO": "01", "NAMN": "Norr"}, {"NYKO": "01", "NAMN": "Söder"}],
        {"code": "NYKO", "name": "NAMN", "parent": None, "merge": False}, {"duplicate-codes"},
    ),
    "a code that stands twice among more": (
        [{"NYKO": f"0{n or 1}", "NAMN": name} for n, name in enumerate(("Norr", "Söder", "Väster"))],
        {"code": "NYKO", "name": "NAMN", "parent": None, "merge": False}, {"duplicate-codes"},
    ),
    "a town that many areas lie in": (
        [{"PLZ99": f"9910{n}", "PLZORT99": "Bad Berka" if n else "Weimar"} for n in range(9)],
        {"code": "PLZ99", "name": None, "name_from": "code"}, {"no-name"},
    ),
    "a name that says the same of most areas": (
        [{"NYKO": f"0{n}", "NAMN": "Norr" if n else "Söder"} for n in range(9)],
        {"code": "NYKO", "name": "NAMN"}, {"names-repeat"},
    ),
    "an area in two features": (
        [{"NYKO": "01", "NAMN": "Norr"}, {"NYKO": "01", "NAMN": "Norr"}, {"NYKO": "02", "NAMN": "Söder"}],
        {"code": "NYKO", "name": "NAMN", "merge": True}, {"repeated-codes"},
    ),
    "ids beside names": (
        [{"id": "x1", "namn": "Norr"}, {"id": "x2", "namn": "Söder"}],
        {"code": None, "code_from": "id", "name": "namn"}, {"no-code"},
    ),
    "names alone": (
        [{"namn": "Norr"}, {"namn": "Söder"}], {"code": None, "code_from": "name", "name": "namn"}, {"no-code"}
    ),
    "names called anything": (
        [{"id": "x1", "X": "Norr"}, {"id": "x2", "X": "Söder"}],
        {"code": None, "code_from": "id", "name": "X"}, {"no-code"},
    ),
    "codes as numbers and as texts": (
        [{"kod": 1, "namn": "Norr"}, {"kod": "01", "namn": "Söder"}], {"code": "kod", "name": "namn"}, set()
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_what_is_suggested(what: str) -> None:
    """With what is doubtful in it; a trial of it is right, or tells what is wrong with the file and nothing else."""
    rows, suggested, doubts = CASES[what]
    found = offered(many(*rows))
    assert {name: found["reading"][name] for name in suggested} == suggested
    assert {each["code"] for each in found["doubts"]} == doubts
    head, _ = read(many(*rows), **found["reading"] | {"root_code": "2380", "root_name": "Östersund"})
    assert [fault[1] for fault in head["faults"]] == ["duplicate"] * ("duplicate-codes" in doubts)


def two_shapefiles() -> bytes:
    """Two of one square each in a zip."""
    with zipfile.ZipFile(io.BytesIO(shapefile("Norr"))) as one:
        members = {name.replace(".", "__"): one.read(name) for name in one.namelist()}
    return zipped(**members, **{name.replace("/d", "/e"): body for name, body in members.items()})


def two_layers() -> bytes:
    """A GeoPackage with a layer of points before two of squares."""
    database = sqlite3.connect(":memory:")
    database.deserialize(geopackage("Norr", layer="b"))
    point = b"GP\0\x01" + bytes(4) + b"\x01\x01\0\0\0" + bytes(16)
    for layer in ("a", "c"):
        database.execute(f"CREATE TABLE {layer} AS SELECT * FROM b")
        database.execute("INSERT INTO gpkg_contents VALUES (?, 'features')", (layer,))
        database.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 3006)", (layer,))
    database.execute("UPDATE a SET geom = ?", (point,))
    database.commit()
    return bytes(database.serialize())


@pytest.mark.parametrize(("body", "layer"), [(two_shapefiles(), "d"), (two_layers(), "b")])
def test_several_layers_with_areas_are_a_doubt(body: bytes, layer: str) -> None:
    """The first of them is read, also behind points; the one that is asked for without a doubt."""
    found = offered(body)
    assert (found["layer"], [each["code"] for each in found["doubts"]]) == (layer, ["several-layers"])
    assert offered(body, layer=layer)["doubts"] == []
    assert offered(shapefile("Norr"))["doubts"] == []
