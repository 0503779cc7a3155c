"""Whatever comes in as GeoJSON ends in areas or in a refusal, never in a crash."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.reports.areas.domain.geojson import AreaShape
from services.reports.areas.domain.reading import read_areas
from shared.errors import FieldError, Invalid

numbers = st.integers() | st.floats() | st.sampled_from([0, 14.5, 63.2, 481875, 7005305])
anything = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)
positions = st.lists(numbers, min_size=0, max_size=4) | anything
rings = st.lists(positions, max_size=6).map(lambda ring: ring + ring[:1])
geometries = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Polygon", "MultiPolygon", "Point", "GeometryCollection", "Feature"]),
        "coordinates": st.lists(rings, max_size=2) | st.lists(st.lists(rings, max_size=2), max_size=2) | anything,
    }
)
features = st.fixed_dictionaries(
    {"properties": st.fixed_dictionaries({"code": anything, "name": anything, "parent": anything}) | anything},
    optional={"geometry": geometries | anything},
)


@given(st.lists(features | anything, max_size=4), st.sampled_from(["EPSG:3006", "EPSG:4326", "EPSG:26971"]))
def test_areas_or_a_refusal(members: list[Any], crs: str) -> None:
    """Broken features, shapes and numbers raise Invalid with places inside the file; nothing else is raised."""
    areas: list[AreaShape] = []
    wrong: tuple[FieldError, ...] = ()
    try:
        areas = read_areas({"type": "FeatureCollection", "features": members}, crs=crs, home_crs="EPSG:3006")
    except Invalid as refusal:
        wrong = refusal.errors
    # Refused or read, never both, never neither.
    assert all(error.field.startswith("/features") for error in wrong)
    assert bool(areas) != bool(wrong)
    assert len(areas) == (0 if wrong else len(members))
    assert all(area.polygon.is_valid for area in areas)
