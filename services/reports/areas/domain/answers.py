"""What the child process that reads a file of areas answers, as JSON: what it offers, or the areas in it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, BinaryIO

import numpy as np
import orjson
import shapely

from services.reports.areas.domain.choosing import MOST_FAULTS, Reading
from services.reports.areas.domain.crossings import Patience
from services.reports.areas.domain.dbase import GUESSED
from services.reports.areas.domain.layers import Contents, Layer
from services.reports.areas.domain.levels import Kept
from services.reports.areas.domain.offers import offer
from services.reports.areas.domain.parents import InUse
from services.reports.areas.domain.polygons import Drawn, drawn
from services.reports.areas.domain.reading import Note, Outcome, contents_of, read_tree
from services.reports.areas.domain.systems import WGS_84, Home, Meant, System, crs_faults, meant_by, system_of
from shared.errors import FieldError
from shared.geo.geometry import Shape, shape_of
from shared.spelling import PLAIN_KEY

# Of a map that is looked at before anything is stored.
MOST_SHOWN_POSITIONS = 20_000
_MOST_SHOWN = MOST_SHOWN_POSITIONS // 5
_SHOWN_DECIMALS = 5
_SHOWN_PIXELS = 2_000
_MOST_TRIES = 4
_MOST_NAMED = 30


def file_in(
    file: BinaryIO,
    *,
    layer: str | None,
    home: Mapping[str, Any],
    municipality: str,
    known: Sequence[str],
    tree: Sequence[Sequence[Any]] = (),
) -> Iterator[bytes]:
    """What a file offers, as one part. Raises Invalid by the name of what it is, Malformed, TooLarge.

    known: codes that there are. tree: the areas in use, as `InUse` has them.
    """
    contents = contents_of(file.read(), layer=layer)
    read = contents.layer
    found = offer(read, municipality=municipality, known=frozenset(known), tree=[InUse(*each) for each in tree])
    shapes, why = _shapes_of(read)
    system = system_of(shapes, said=read.crs, asked=None, swapped=None, home=Home(**home))
    pairs = [*read.notes, *_layers_beside(contents, asked=layer), *found.doubts]
    doubts = [*(Note(*pair) for pair in pairs), *_system_notes(read, system), *_suggested(read, system, Home(**home))]
    if len(shapes) < len(read.features):
        others = len(read.features) - len(shapes)
        detail = f"{others} of {len(read.features)} features are no polygons that can be used. Of the first: {why}"
        doubts.append(Note("no-polygons", detail))
    yield orjson.dumps(
        {
            "form": contents.form,
            "layers": [{"name": name, "features": count} for name, count in contents.layers.items()],
            "layer": read.name,
            "features": len(read.features),
            "crs": _told(system, read),
            "properties": [asdict(each) for each in found.properties],
            "ranked": found.ranked,
            "reading": asdict(found.reading),
            "doubts": [{"code": each.code, "detail": each.detail, "crs": each.crs} for each in doubts],
        }
    )


def _shapes_of(layer: Layer) -> tuple[list[Shape], str]:
    """The polygons of a layer, and what is wrong with the first feature that is none."""
    patience = Patience()
    found = [drawn(feature, about=None, patience=patience) for feature in layer.features]
    why = next((each.detail for each in found if isinstance(each, FieldError)), "")
    return [each.shape for each in found if isinstance(each, Drawn)], why


def _layers_beside(contents: Contents, *, asked: str | None) -> list[tuple[str, str]]:
    if asked is not None or len(contents.with_areas) < 2:
        return []
    told = f"{len(contents.with_areas)} of its layers have areas, and the first of them is read. Others with `layer`."
    return [("several-layers", told)]


def areas_in(
    file: BinaryIO,
    *,
    reading: Mapping[str, Any],
    home: Mapping[str, Any],
    confirmed: bool = False,
    strict: bool = False,
    preview: bool = False,
    file_bytes: int = -1,
) -> Iterator[bytes]:
    """The areas of a file: first what is to be said of all of them, then each as code, name, parent, geometry.

    strict: believe what is asked for and refuse what contradicts it, rather than find out. preview: each with a
    geometry to look at besides. file_bytes: where the file ends and the tree in use follows. Raises PersonalData,
    Malformed, TooLarge, and Invalid as `contents_of` and `read_tree` do.
    """
    how, at_home = Reading(**reading), Home(**home)
    contents = contents_of(file.read(file_bytes), layer=how.layer)
    there = [
        Kept(code, parent, level, shape_of(text), name)
        for code, parent, level, text, name in orjson.loads(file.read() or b"[]")
    ]
    layer = contents.layer
    asked, contradicted = how.crs, [*crs_faults(layer.crs, asked=how.crs), *_guessed(layer), *_not_there(layer, how)]
    if strict:
        how = replace(how, crs=asked or layer.crs.code or WGS_84, swapped=bool(how.swapped))
    outcome = read_tree(layer, how, home=at_home, there=there, confirmed=confirmed)
    if strict and contradicted:
        outcome.faults, outcome.areas = contradicted, []
    elif strict and how.swapped and _all_outside(outcome):
        outcome.faults, outcome.areas = [_TURNED_AWAY], []
    elif outcome.system is not None:
        system = outcome.system
        outcome.notes = [*_system_notes(layer, system), *_suggested(layer, system, at_home), *outcome.notes]
    yield orjson.dumps(_head(contents.form, layer, outcome, hint=strict and _hint(layer, outcome, at_home)))
    shown = _shown(outcome) if preview else [None] * len(outcome.areas)
    for area, text, seen in zip(outcome.areas, outcome.texts, shown, strict=False):
        yield orjson.dumps([area.code, area.name, area.parent, text, seen])


def _head(form: str, layer: Layer, outcome: Outcome, *, hint: str | bool | None) -> dict[str, Any]:
    return {
        "form": form,
        "layer": layer.name,
        "crs": _told(outcome.system, layer) if outcome.system else None,
        "faults": [[each.field, each.code, each.detail, each.about] for each in outcome.faults[:MOST_FAULTS]],
        "fault_count": len(outcome.faults),
        "notes": [asdict(each) for each in outcome.notes],
        "clipped_pct": outcome.clipped_pct,
        "staying": outcome.staying,
        "unknown_parents": outcome.unknown_parents,
        "hint": hint or None,
    }


def _told(system: System, layer: Layer) -> dict[str, Any]:
    named = {"named": layer.crs.code, "said": layer.crs.said}
    others = [{"crs": crs, "swapped": swapped, "near": near} for crs, swapped, near in system.others]
    return asdict(system) | named | {"others": others}


def _system_notes(layer: Layer, system: System) -> list[Note]:
    """What is to be said of the system that a layer is read in."""
    notes = []
    near = f"{system.near} of {system.of} areas looked at lie near the municipality"
    if system.why == "asked" and layer.crs.said and layer.crs.code != system.crs:
        named = layer.crs.code or "one that is not known here"
        notes.append(Note("other-system", f"The file names another system ({named}); it is read in the one asked for."))
    if system.why == "found" and layer.crs.code:
        notes.append(Note("other-system", f"Its coordinates cannot be in {layer.crs.code}, which it names; {near}."))
    elif system.why == "found":
        begin = "It names a system that is not known here" if layer.crs.said else "It names no system"
        alike = [crs for crs, _, others in system.others if others == system.near]
        doubt = f" They would in {', '.join(alike)} too: say which with `crs`." if alike else ""
        notes.append(Note("system-found", f"{begin}, and its coordinates are no degrees; {near}.{doubt}"))
    elif system.why == "degrees" and layer.crs.said:
        detail = "It names a system that is not known here, and is read as degrees: say which it is with `crs`."
        notes.append(Note("unknown-system", detail))
    if system.why != "found" and system.of and not system.near:
        notes.append(Note("far-away", f"Read in {system.crs}, none of its areas lies near the municipality."))
    if system.swapped:
        notes.append(Note("swapped", "North or latitude stands first in its coordinates: they are turned round."))
    return notes


def _suggested(layer: Layer, system: System, home: Home) -> list[Note]:
    """The system that is meant where the coordinates contradict the one that was asked for or named."""
    found = _meant(layer, system, home) if system.of and not system.near else None
    if found is None:
        return []
    return [Note("better-turned" if found.swapped else "better-system", _would_lie(found), crs=found.crs)]


def _meant(layer: Layer, system: System, home: Home) -> Meant | None:
    shapes, _why = _shapes_of(layer)
    return meant_by(shapes, but=system.crs, home=home)


def _would_lie(found: Meant) -> str:
    return f"Read as {found}, {found.there} of {found.of} areas looked at lie in the municipality."


def _guessed(layer: Layer) -> list[FieldError]:
    """A guess at the letters of a table, which who cannot look at the names before they are stored must not get."""
    return [FieldError("/features", "unsure-letters", detail) for code, detail in layer.notes if code == GUESSED]


def _not_there(layer: Layer, how: Reading) -> list[FieldError]:
    """What is asked for that no feature has: one fault each, and not one a feature. Areas without parents are usual."""
    there = list(dict.fromkeys(name for each in layer.features for name in each.properties))
    shown = ", ".join(name for name in there[:_MOST_NAMED] if PLAIN_KEY.fullmatch(name))
    detail = f"No feature has this property. There are: {shown}." if shown else "No feature has this property."
    asked = {"code": how.code, "name": how.name}
    return [
        FieldError(f"/{role}", "unknown-property", detail)
        for role, name in asked.items()
        if name not in (None, role) and name not in there
    ]


def _all_outside(outcome: Outcome) -> bool:
    outside = sum(fault.code == "out-of-range" for fault in outcome.faults)
    return not outcome.areas and 0 < outside == len(outcome.faults)


_TURNED_AWAY = FieldError(
    "/swapped", "out-of-range", "With north first, no area lies where it can. Leave `swapped` out, or say `crs`."
)


def _hint(layer: Layer, outcome: Outcome, home: Home) -> str | None:
    """How a file whose coordinates are out of range might be meant."""
    if outcome.system is None or not any(fault.code == "out-of-range" for fault in outcome.faults):
        return None
    found = _meant(layer, outcome.system, home)
    return _would_lie(found) if found else None


def _shown(outcome: Outcome) -> list[Any]:
    """The areas' shapes as GeoJSON with few positions together, for a map that is looked at once; None beyond many."""
    shapes = np.array([area.polygon for area in outcome.areas[:_MOST_SHOWN]], dtype=object)
    if not len(shapes):
        return []
    west, south, east, north = shapely.total_bounds(shapes)
    tolerance, fewer = max(east - west, north - south) / _SHOWN_PIXELS, shapes
    for _ in range(_MOST_TRIES):
        if int(shapely.get_num_coordinates(fewer).sum()) <= MOST_SHOWN_POSITIONS:
            break
        fewer, tolerance = shapely.simplify(fewer, tolerance), tolerance * 3
    rounded = shapely.transform(fewer, lambda xy: np.round(xy, _SHOWN_DECIMALS))
    seen = [orjson.loads(text) for text in shapely.to_geojson(rounded)]
    return seen + [None] * (len(outcome.areas) - len(seen))
