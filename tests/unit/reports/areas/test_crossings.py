"""What it costs to mend shapes is known before: few crossings are counted to the last one, many are not tried."""

import math
import sqlite3
from typing import Any

import numpy as np
import pytest
import shapely

from services.reports.areas.domain.crossings import MOST_CROSSINGS, Patience
from shared.errors import TooLarge
from tests.support.make.area_files import collection, feature, geopackage, offered, read, zipped


def star(points: int) -> shapely.Polygon:
    """Each of its sides crosses nearly all others that do not end where it ends."""
    step = next(each for each in range(points // 2, 0, -1) if math.gcd(each, points) == 1)
    around = 2 * np.pi * step * np.arange(points) / points
    return shapely.Polygon(np.column_stack([14.6 + 0.04 * np.cos(around), 63.2 + 0.02 * np.sin(around)]))


def crossings(shape: Any) -> int:
    """As they are counted, without the one that each shape costs."""
    patience = Patience()
    assert patience.lasts_for(shape)
    return MOST_CROSSINGS - patience.crossings - 1


@pytest.mark.parametrize(
    ("shape", "count"),
    [
        (shapely.box(0, 0, 1, 1), 0),
        (shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)]), 0),
        (shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3)]), 2),
        (shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), 1),
        (star(5), 5),
        (star(101), 101 * 98 // 2),
    ],
)
def test_crossings_are_counted(shape: Any, count: int) -> None:
    """Of a ring with itself and with others; sides that follow each other meet in no crossing."""
    assert crossings(shape) == count


def test_a_border_that_crosses_itself_a_million_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told, with the place, and nobody tries to mend it."""
    tried = list[Any]()
    mend = shapely.make_valid

    def mended(shape: Any, **how: Any) -> Any:
        tried.append(shape)
        return mend(shape, **how)

    monkeypatch.setattr(shapely, "make_valid", mended)
    shape = shapely.geometry.mapping(star(2501))
    body = collection(feature(shape, code="1", name="A"))
    (doubt,) = [each["detail"] for each in offered(body)["doubts"] if each["code"] == "no-polygons"]
    assert "crosses itself, at 14." in doubt
    head, _ = read(body, strict=True)
    assert [each[1:4:2] for each in head["faults"]] == [["self-crossing", "1"]]
    assert tried == []


def test_patience_is_the_files() -> None:
    """Many shapes of which each could be mended are not, once they cost as much as one that could not."""
    patience = Patience()
    assert [patience.lasts_for(star(101)) for _ in range(6)] == [True] * 4 + [False] * 2


def many_tables(count: int) -> bytes:
    """A GeoPackage with so many layers."""
    database = sqlite3.connect(":memory:")
    database.deserialize(geopackage("Norr", layer="t0"))
    for layer in (f"t{number}" for number in range(1, count)):
        database.execute(f"CREATE TABLE {layer} AS SELECT * FROM t0")
        database.execute("INSERT INTO gpkg_contents VALUES (?, 'features')", (layer,))
        database.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 3006)", (layer,))
    database.commit()
    return bytes(database.serialize())


def test_a_file_of_more_layers_than_anybody_has() -> None:
    """Refused by their number, before one of them is looked at."""
    for body in (many_tables(201), zipped(**{f"a{n}__shp": b"" for n in range(201)})):
        with pytest.raises(TooLarge, match="201 layers"):
            offered(body)
    assert len(offered(many_tables(200))["layers"]) == 200
