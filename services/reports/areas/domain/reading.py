"""A file of areas from its bytes to the areas of a tree, as a reading says; run in a child process. Pure.

`read_tree` is read from top to bottom: form, features, system, shapes, place in the tree, faults, what is kept.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from services.reports.areas.domain import geojson, geopackage, shapefiles, shaping
from services.reports.areas.domain.choosing import Chosen, Reading, choose
from services.reports.areas.domain.crossings import Patience
from services.reports.areas.domain.forms import unpacked
from services.reports.areas.domain.geojson import AreaShape
from services.reports.areas.domain.layers import Contents, Layer, check_positions
from services.reports.areas.domain.levels import Kept, put_onto
from services.reports.areas.domain.outlying import outlying
from services.reports.areas.domain.polygons import Drawn, drawn, polygons_of
from services.reports.areas.domain.shaping import Shaped
from services.reports.areas.domain.systems import Home, System, crs_faults, system_of
from shared.bus import MAX_VALUE_BYTES
from shared.errors import FieldError, Invalid
from shared.geo import geometry

# An area travels in one message, with its name and codes.
MOST_GEOMETRY_BYTES = MAX_VALUE_BYTES - 10_000
_NAMED_IN_A_NOTE = 10
_READERS: Mapping[str, Callable[..., Contents]] = {
    "geojson": geojson.read_geojson, "geopackage": geopackage.read_geopackage, "shapefile": shapefiles.read_shapefile,
}  # fmt: skip
# What was done to areas, by its code, in words that go on after their number.
_DONE = {
    "dimensions": "had heights or other numbers beside longitude and latitude, which were left out.",
    "closed": "had rings that were not closed, and are now.",
    "joined": "came as collections of polygons, which were joined.",
    "mended": "touched or crossed themselves, and were mended without changing their surface by more than 0.1 %.",
    "clipped": "reached beyond their parents, and were cut off there.",
    "parents-by-name": "name their parents by names, which one area of the level above has each.",
    "merged": "came in several features each, which were joined.",
}


@dataclass(frozen=True, slots=True)
class Note:
    """What was taken otherwise than it stands in the file, or is to be looked at.

    Code, sentence, and some of the areas it is about; distance_km: how far those lie from all others; crs: the system
    that is meant; more: how many areas it is about besides those.
    """

    code: str
    detail: str
    areas: Sequence[str] = ()
    distance_km: int | None = None
    crs: str | None = None
    more: int = 0


@dataclass(slots=True)
class Outcome:
    """What came of a file. Areas only where nothing is wrong with what they say and how they are drawn."""

    form: str
    system: System | None = None
    faults: list[FieldError] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    areas: list[AreaShape] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    clipped_pct: Mapping[str, float] = field(default_factory=dict)
    staying: Sequence[str] = ()
    unknown_parents: Sequence[str] = ()


def contents_of(body: bytes, *, layer: str | None) -> Contents:
    """A file's layers, and one of them. Raises Invalid by the name of what the file is, Malformed, TooLarge."""
    form, inside = unpacked(body)
    return _READERS[form](inside, layer=layer)


def read_tree(
    layer: Layer, reading: Reading, *, home: Home, there: Sequence[Kept] = (), confirmed: bool = False, form: str = ""
) -> Outcome:
    """The areas of a layer as a reading makes them, or what is wrong with them, all at once.

    home: where areas can lie. there: the tree in use, where a level is put into it. confirmed: see `choose`. What is
    wrong has a JSON Pointer into the file, the area's code and a code of `schemas.PROBLEMS`; how areas lie to each
    other (`tiling`) is asked of those with which nothing else is wrong. Raises PersonalData, TooLarge, and Invalid for
    a code of a system that is not known.
    """
    outcome = Outcome(form=form, notes=[Note(*each) for each in layer.notes])
    chosen, faults = choose(layer.features, reading, confirmed=confirmed)
    shaped = Shaped({each.code: each for each in reversed(chosen) if each.code is not None}, {}, faults=faults)
    shaped.areas = {code: shaped.areas[code] for code in reversed(shaped.areas)}
    if reading.level is None:
        if reading.root == "union" and reading.root_code not in shaped.areas:
            shaped.under_root = _free(chosen, reading.root_code)
        shaping.hang(shaped, chosen)
    shapes = _drawn(chosen, shaped, outcome)
    system = system_of(
        list(shapes.values()), said=layer.crs, asked=reading.crs, swapped=reading.swapped, home=home
    )  # fmt: skip
    outcome.system, crs = system, system.crs
    if system.swapped:
        shapes = {code: shapely.transform(shape, lambda xy: xy[:, ::-1]) for code, shape in shapes.items()}
    shaped.shapes = _in_range(shapes, shaped, crs=crs, home=home)
    if reading.level is not None:
        called = put_onto(shaped, chosen, reading, there, crs=crs)
        outcome.notes += [_note("parents-by-name", called)] if called else []
    outcome.unknown_parents = [parent for each in chosen if (parent := each.parent) and not _is_there(parent, shaped)]
    _arrange(shaped, reading, outcome, crs=crs)
    outcome.faults = shaped.faults
    outcome.clipped_pct, outcome.staying = shaped.clipped_pct, list(shaped.there)
    _finish(shaped, outcome, crs=crs)
    outcome.notes += _far_notes(outcome.areas, home=home)
    return outcome


def _is_there(code: str, shaped: Shaped) -> bool:
    return code in shaped.areas or code in shaped.there


def _free(chosen: Sequence[Chosen], root_code: str | None) -> bool:
    """Take away parents that are the root, which is still to be made. Returns whether there were any."""
    under = [each for each in chosen if each.parent is not None and each.parent == root_code]
    for each in under:
        each.parent = None
    return bool(under)


def _drawn(chosen: Sequence[Chosen], shaped: Shaped, outcome: Outcome) -> dict[str, Any]:
    """The polygon of each area, as it was drawn."""
    shapes: dict[str, Any] = {}
    done: dict[str, list[str]] = {}
    patience = Patience()
    for each in chosen:
        found = [drawn(feature, about=each.code, patience=patience) for feature in each.features]
        wrong = [part for part in found if isinstance(part, FieldError)]
        fine = [part for part in found if isinstance(part, Drawn)]
        shaped.faults += wrong
        if wrong or each.code is None or shaped.areas[each.code] is not each:
            continue
        for note in [*dict.fromkeys(note for part in fine for note in part.notes), *["merged"][: len(fine) - 1]]:
            done.setdefault(note, []).append(each.code)
        shapes[each.code] = (
            fine[0].shape if len(fine) == 1 else polygons_of(shapely.union_all([part.shape for part in fine]))
        )
    outcome.notes += [_note(code, codes) for code, codes in done.items()]
    check_positions(shapely.get_num_coordinates(np.array(list(shapes.values()), dtype=object)).tolist())
    return shapes


def _note(code: str, codes: Sequence[str]) -> Note:
    return Note(code, f"Areas: {len(codes)} {_DONE[code]}", list(codes)[:_NAMED_IN_A_NOTE], more=_beyond(codes))


def _beyond(codes: Sequence[str]) -> int:
    return max(0, len(codes) - _NAMED_IN_A_NOTE)


def _far_notes(areas: Sequence[AreaShape], *, home: Home) -> list[Note]:
    """Areas that lie far from all others: a question, for a municipality may have such."""
    return [
        Note(
            "far-apart",
            f"Areas: {len(each.codes)} with all or a part about {each.distance_km} km from all others. Are the"
            " coordinates right, and do they belong here?",
            list(each.codes)[:_NAMED_IN_A_NOTE],
            each.distance_km,
            more=_beyond(each.codes),
        )
        for each in outlying({area.code: area.polygon for area in areas}, home=home)
    ]


def _in_range(shapes: Mapping[str, Any], shaped: Shaped, *, crs: str, home: Home) -> dict[str, Any]:
    """Shapes whose positions all lie where the file's system and the municipality's own can be used."""
    if not shapes:
        return {}
    codes, drawings = list(shapes), np.array(list(shapes.values()), dtype=object)
    xy, of = shapely.get_coordinates(drawings, return_index=True)
    lon, lat = geometry.to_lonlat(*xy.T, crs=crs)
    fine = {}
    for system in dict.fromkeys((crs, home.crs)):
        fits = geometry.fits(lon, lat, crs=system)
        for number in np.unique(of[~fits]).tolist():
            area = shaped.areas[codes[number]]
            detail = f"These coordinates do not fit {system.upper()}; are the axes swapped, or is it another system?"
            if codes[number] not in fine:
                shaped.faults.append(area.features[0].error("geometry", "out-of-range", detail, about=area.code))
            fine[codes[number]] = False
    return {code: shape for code, shape in shapes.items() if code not in fine}


def _arrange(shaped: Shaped, reading: Reading, outcome: Outcome, *, crs: str) -> None:
    """Simplify, clip, put a root over them, and find faults of how they lie; only of areas that have their shapes."""
    whole = dict(shaped.areas)
    shaped.areas = {code: area for code, area in whole.items() if code in shaped.shapes and area.depth}
    if reading.simplify_m and shaped.areas:
        depths = {code: area.depth for code, area in shaped.areas.items()}
        shapes = {code: shaped.shapes[code] for code in shaped.areas}
        shaped.shapes |= shaping.simplified(shapes, depths, metres=reading.simplify_m, crs=crs)
    if reading.clip:
        shaping.clip(shaped)
        if shaped.clipped_pct:
            outcome.notes.append(_note("clipped", list(shaped.clipped_pct)))
    if reading.root == "union" and reading.level is None and len(shaped.areas) == len(whole):
        shaping.add_root(shaped, reading, crs=crs)
        if shaped.root is not None:
            outcome.notes.append(Note("root-made", "A root was made, as the union of all areas.", [shaped.root]))
    shaping.check_tiling(shaped, crs=crs, tolerance_m=reading.tolerance_m)


def _finish(shaped: Shaped, outcome: Outcome, *, crs: str) -> None:
    """What is kept of areas that nothing is wrong with: in degrees, rounded, as text."""
    wrong = {fault.about for fault in shaped.faults if fault.code not in ("overlap", "outside-parent")}
    areas = [(code, area) for code, area in shaped.areas.items() if area.name and area.depth and code not in wrong]
    if not areas:
        return
    degrees = shaping.in_lonlat([shaped.shapes[code] for code, _ in areas], crs=crs)
    for number in np.flatnonzero(~shapely.is_valid(degrees)).tolist():
        # A straight side of one system is a bent one of another, and what nearly touched may cross.
        degrees[number] = polygons_of(shapely.make_valid(degrees[number], method="structure", keep_collapsed=False))
    for (code, area), shape, text in zip(areas, (finished := shaping.kept(degrees)), _texts(finished), strict=True):
        if len(text) > MOST_GEOMETRY_BYTES:
            detail = "It is drawn too finely: its polygon takes more than 1 MB. Simplify it, or ask with `simplify_m`."
            outcome.faults.append(FieldError(_where(area), "too-fine", detail, code))
            continue
        found = AreaShape(code=code, name=area.name or "", parent=area.parent, depth=area.depth, polygon=shape)
        outcome.areas.append(found)
        outcome.texts.append(text)


def _where(area: Chosen) -> str:
    return f"/features/{area.index}/geometry" if area.features else "/root_code"


def _texts(shapes: Any) -> Iterator[str]:
    for shape in shapes:
        yield str(shapely.to_geojson(shape))


def read_areas(collection: Mapping[str, Any], *, crs: str, home_crs: str) -> list[AreaShape]:
    """A whole tree from a GeoJSON FeatureCollection with the properties `code`, `name` and `parent`.

    A root has no parent. crs: what the coordinates are in, x before y, whatever order the register gives the axes.
    home_crs: the municipality's own, in metres. Returned parents before children, else in the order of the file.
    Raises Invalid with everything that is wrong, as `read_tree` tells it; where the file names another system than
    `crs`, that alone.
    """
    layer = geojson.layer_of(collection).layer
    faults = crs_faults(layer.crs, asked=crs)
    if faults:
        raise Invalid("The file's coordinate system is not the one asked for.", errors=tuple(faults))
    reading = Reading(crs=crs, swapped=False, code="code", name="name", parent="parent")
    outcome = read_tree(layer, reading, home=Home(home_crs))
    if outcome.faults:
        raise Invalid("The areas cannot be used as they are.", errors=tuple(outcome.faults))
    return outcome.areas
