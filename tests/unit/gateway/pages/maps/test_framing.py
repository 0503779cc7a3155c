"""How a map's paper is used."""

from shapely import box

from services.gateway.pages.maps.framing import framed
from services.gateway.pages.maps.places import Caption, laid_out
from services.gateway.pages.maps.tree import Place

TOWN = [box(x, y, x + 1000, y + 1000) for x in (0, 1000, 2000, 3000) for y in (0, 1000, 2000)]
VILLAGE = box(20_000, -15_000, 21_000, -14_000)


def test_what_lies_together_is_framed_as_it_lies() -> None:
    """One town: its own bounds, nothing moved."""
    framing = framed(TOWN)
    assert (framing.bounds, framing.islands) == ((0.0, 0.0, 4000.0, 3000.0), ())


def test_a_far_village_is_moved_beside_the_town_and_covers_nothing() -> None:
    """The town stays where it is and the frame small; the box says how far off and in which direction it lies."""
    framing = framed([*TOWN, VILLAGE])
    (village,) = framing.islands
    assert framing.bounds[2] - framing.bounds[0] < 9000
    assert all(not box(*village.box).intersects(each) for each in TOWN)
    assert 20_000 < village.away_m < 27_000
    assert 90 < village.bearing_deg < 180
    (dx, dy), of_town = framing.moves_of([VILLAGE, TOWN[0]])
    moved = box(20_000 + dx, -15_000 + dy, 21_000 + dx, -14_000 + dy)
    assert box(*village.box).contains(moved)
    assert box(*framing.bounds).buffer(1).contains(box(*village.box))
    assert of_town == (0.0, 0.0)


def test_many_villages_stay_where_they_lie() -> None:
    """A municipality of scattered places is drawn true to scale."""
    scattered = [box(x * 9000, y * 9000, x * 9000 + 1000, y * 9000 + 1000) for x in range(4) for y in range(4)]
    assert framed(scattered).islands == ()


def test_every_tile_is_drawn_inside_of_the_map() -> None:
    """Paths, labels and the moved village lie within the picture; the bar is a round number of metres long."""
    tiles = [
        Place(code=str(n), name=f"Ruta {n}", level=0, path=(str(n),), shape=shape)
        for n, shape in enumerate([*TOWN, VILLAGE])
    ]
    captions = {tile.code: Caption(href="/", said="", label="1", count=1) for tile in tiles}
    areas, _, frame = laid_out({tile.code: tile for tile in tiles}, tiles, captions)
    for area in areas:
        points = [tuple(map(float, point.split())) for point in area.path.strip("MZ").split("L")]
        assert all(0 <= x <= frame.width and 0 <= y <= frame.height for x, y in points)
        assert (0 < area.x < frame.width, 0 < area.y < frame.height) == (True, True)
        assert area.room > 0
    assert len(frame.boxes) == 1
    assert frame.bar_label in {"1 km", "500 m"}
