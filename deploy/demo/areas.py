"""Draw the schematic demo areas into areas.geojson: `python -m deploy.demo.areas`. The same seed, the same map."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from deploy.demo.places import KOMMUNDELAR, MUNICIPALITY, PLACES, STADSDELAR, Place
from services.reports.areas.domain.geojson import AreaShape, as_geojson
from shared.geo import geometry

CRS = "EPSG:3006"
SEED = 2380
FILE = Path(__file__).with_name("areas.geojson")
NOTICE = (
    "Schematic areas for the Samsyn demo: the names are real, the shapes are drawn around points that are known to "
    "some hundred metres. Not the municipality's NYKO division; not for analysis."
)


def island(place: Place, *, rng: np.random.Generator) -> geometry.Shape:
    """A round shape with a soft, uneven shore around a place; SWEREF 99 TM, metres."""
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    waves = sum(rng.uniform(0.02, 0.16 / k) * np.cos(k * angle + rng.uniform(0, 2 * np.pi)) for k in (2, 3, 5))
    radius = place.reach_m * (1 + waves)
    ring = np.column_stack([place.e + radius * np.cos(angle), place.n + radius * np.sin(angle)])
    return shapely.Polygon(ring)


def districts(*, rng: np.random.Generator) -> dict[str, geometry.Shape]:
    """One polygon per place by its code: the nearest place's cell, cut off at the shore. SWEREF 99 TM, metres."""
    land = shapely.union_all([island(place, rng=rng) for place in PLACES])
    # Closing rounds off the sharp bays where two islands meet.
    land = land.buffer(180).buffer(-300).buffer(120).simplify(4)
    points = shapely.points([(place.e, place.n) for place in PLACES])
    cells = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=shapely.box(*land.bounds).buffer(5000))
    # Shores and borders become one net of lines first: neighbours then share their corners exactly.
    net = shapely.node(shapely.MultiLineString([*_lines(land), *(c.exterior for c in cells.geoms)]))
    faces = [f for f in shapely.polygonize(net.geoms).geoms if land.contains(f.representative_point())]
    nearest = [int(np.argmin(shapely.distance(points, face.representative_point()))) for face in faces]
    return {
        place.code: _largest([face for face, owner in zip(faces, nearest, strict=True) if owner == index])
        for index, place in enumerate(PLACES)
    }


def _lines(shape: geometry.Shape) -> list[shapely.LineString]:
    parts = shapely.get_parts(shape)
    return [ring for part in parts for ring in (part.exterior, *part.interiors)]


def _largest(faces: list[geometry.Shape]) -> geometry.Shape:
    """A cell may reach over water to a second shore; that sliver is left out."""
    return max(faces, key=shapely.area)


def outline(shape: geometry.Shape) -> geometry.Shape:
    """The municipality around its districts: wide enough that a point between two islands still lies in it."""
    return shape.buffer(6000, quad_segs=32).buffer(-4200, quad_segs=32).simplify(10)


def tree() -> list[AreaShape]:
    """The whole area tree, parents first, in longitude and latitude rounded to a centimetre."""
    metres = districts(rng=np.random.default_rng(SEED))
    whole = outline(shapely.union_all(list(metres.values())))
    leaves = {code: _in_lonlat(shape) for code, shape in metres.items()}
    code, name = MUNICIPALITY
    areas = [AreaShape(code=code, name=name, parent=None, depth=1, polygon=_in_lonlat(whole))]
    for depth, names, digits in ((2, KOMMUNDELAR, 0), (3, STADSDELAR, 2)):
        for code, name in names.items():
            polygon = shapely.coverage_union_all([p for leaf, p in leaves.items() if leaf.startswith(code)])
            parent = code[:digits] or MUNICIPALITY[0]
            areas.append(AreaShape(code=code, name=name, parent=parent, depth=depth, polygon=polygon))
    shared = [place for place in PLACES if place.code not in STADSDELAR]
    return areas + [
        AreaShape(code=p.code, name=p.name, parent=p.code[:3], depth=4, polygon=leaves[p.code]) for p in shared
    ]


def _in_lonlat(shape: geometry.Shape) -> geometry.Shape:
    def rounded(xy: Any) -> Any:
        return np.round(np.column_stack(geometry.to_lonlat(*xy.T, crs=CRS)), 7)

    return shapely.transform(shape, rounded)


def main() -> None:
    """Write the file, one feature per line so that a change can be read."""
    collection = as_geojson(tree())
    features = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in collection["features"])
    head = json.dumps({"type": collection["type"], "description": NOTICE}, ensure_ascii=False)[:-1]
    FILE.write_text(f'{head}, "features": [\n{features}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
