"""Numbers that a file of areas says of itself: none is believed further than the file goes."""

import io
import sqlite3
import struct
import zipfile
from collections.abc import Callable

import pytest

from shared.errors import Refusal
from tests.support.make.area_files import geopackage, offered, shapefile

SHP, DBF = "map/d.shp", "map/d.dbf"
# By what it says: in which file, where, how it is written.
NUMBERS = {
    "the words of a record": (SHP, 104, ">i"), "rings": (SHP, 144, "<i"), "points": (SHP, 148, "<i"),
    "the first ring": (SHP, 152, "<i"), "the second ring": (SHP, 156, "<i"),
    "rows": (DBF, 4, "<i"), "bytes of the head": (DBF, 8, "<h"), "bytes of a row": (DBF, 10, "<h"),
}  # fmt: skip
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"


def patched(body: bytes, name: str, at: int, form: str, value: int) -> bytes:
    """A zip with one number in one of its files another."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as given, zipfile.ZipFile(packed, "w") as made:
        for each in given.namelist():
            content = bytearray(given.read(each))
            if each == name:
                struct.pack_into(form, content, at, value)
            made.writestr(each, bytes(content))
    return packed.getvalue()


@pytest.mark.parametrize("value", [-5, -1, 30_000])
@pytest.mark.parametrize("what", NUMBERS)
def test_a_number_of_a_shapefile_is_held_to_what_is_left(what: str, value: int) -> None:
    """Below nought or beyond the end: the file is damaged, and nothing of it is taken."""
    name, at, form = NUMBERS[what]
    with pytest.raises(Refusal, match="damaged"):
        offered(patched(shapefile("Åsarna"), name, at, form, value))


def test_rings_without_points_and_points_without_rings_are_damage() -> None:
    """Each needs the other."""
    for what in ("rings", "points"):
        with pytest.raises(Refusal, match="damaged"):
            offered(patched(shapefile("Åsarna"), *NUMBERS[what], 0))


@pytest.mark.parametrize("flags", [0b0101, 0b1001, 0b1011, 0b1111])
def test_a_box_that_is_none_or_reaches_beyond_its_cell_is_no_polygon(flags: int) -> None:
    """The code of a box that the standard does not know, and one for a larger box than there is: told, not read."""
    body = geopackage("Åsarna")
    at = body.index(b"GP\0\x03")
    found = offered(body[:at] + b"GP\0" + bytes([flags]) + body[at + 4 :])
    assert any(each["code"] == "no-polygons" for each in found["doubts"])


def changed(change: Callable[[sqlite3.Connection], None]) -> bytes:
    """The GeoPackage with something done to it."""
    database = sqlite3.connect(":memory:")
    database.deserialize(geopackage("Åsarna"))
    change(database)
    database.commit()
    return bytes(database.serialize())


@pytest.mark.parametrize("name", ["d d", "gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"])
def test_a_view_is_no_table(name: str) -> None:
    """It may be a question without an end, and none is asked."""

    def change(database: sqlite3.Connection) -> None:
        database.executescript(f'DROP TABLE "{name}"; CREATE VIEW "{name}" AS {ENDLESS};')

    with pytest.raises(Refusal):
        offered(changed(change))
