"""A mapping suggested from a file's header and first rows: what its columns are called, and what stands in them.

It is a suggestion: a person looks at it beside the rows before it is kept. What cannot be told is left out and said.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import ProjError

from services.reports.files.domain.places import numbers
from services.reports.files.domain.sniffing import Dialect
from services.reports.ground import Ground
from services.reports.mappings.domain.words import LOCATION_KINDS
from services.reports.suggestions.clocks import times_of
from services.reports.taxonomy import CATEGORIES
from shared.errors import Invalid
from shared.geo import geometry

# What partners call their columns, in Swedish and English, folded to plain letters.
NAMES: Mapping[str, tuple[str, ...]] = {
    "external_reference": (
        "arendenr", "arendenummer", "arende", "id", "nr", "nummer", "handelsenr", "handelsenummer", "rapport",
        "diarienr",        "referens", "reference", "uppdrag", "dnr", "blad",
    ),
    "category": ("kategori", "category", "typ", "arendetyp", "handelsetyp", "handelse", "rubrik", "vad", "brottstyp"),
    "subcategory": ("underkategori", "undertyp", "subcategory", "detalj", "undergrupp"),
    "occurred_from": (
        "fran", "datum", "start", "starttid", "tid", "date", "datesingle", "handelsedatum", "tidpunkt", "occurredfrom",
        "tidutc", "kvall", "inkom", "datumtid",
    ),
    "time": ("kl", "klockslag", "klockan", "time", "startkl", "frankl"),
    "occurred_to": ("till", "slut", "sluttid", "stopp", "slutdatum", "occurredto", "end"),
    "time_to": ("slutkl", "tillkl"),
    "x": ("x", "ostx", "ost", "e", "east", "easting", "lon", "long", "longitud", "longitude", "xost", "sweref99e"),
    "y": ("y", "nordy", "nord", "n", "north", "northing", "lat", "latitud", "latitude", "ynord", "sweref99n"),
    "place_code": ("omrade", "plats", "var", "area", "areacode", "stadsdel", "place", "omradeskod"),
    "location_kind": ("miljo", "miljotyp", "platstyp", "objekt", "locationkind"),
    "severity": ("allvar", "allvarsgrad", "angelagenhet", "niva", "grad", "prioritet", "prio", "severity"),
    "text": (
        "text", "anteckning", "notering", "beskrivning", "fritext", "vi sag", "visag", "sammanfattning", "kommentar",
        "description",
    ),
}  # fmt: skip
_TIMES = ("occurred_from", "time", "occurred_to", "time_to")
_MOST_WORDS = 200
# What is longer is no word: to look for parts of it takes the square of its gaps.
_LONGEST_WORD = 200
DoubtCode = Literal[
    "no_date", "dates_unread", "clock_unused", "no_category", "words_unknown", "no_reference", "system_unknown",
    "outside_areas",
]  # fmt: skip


class Doubt(NamedTuple):
    """What could not be told: a code for programs, a sentence for the person who looks at it, which column it is of."""

    code: DoubtCode
    detail: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Suggested:
    """A mapping as a document, and what could not be told."""

    document: dict[str, Any]
    doubts: tuple[Doubt, ...]


def suggest(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, dialect: Dialect, ground: Ground, names: Mapping[str, str]
) -> Suggested:
    """A mapping for files like this one. `names`: the areas' codes by their folded names, for places in words."""
    named = {field: _named(header, field) for field in NAMES}
    columns = {field: found[0] for field, found in named.items() if found and field not in _TIMES}
    cells = {column: [row[at] if at < len(row) else "" for row in rows] for at, column in enumerate(header)}
    doubts: list[Doubt] = []
    document: dict[str, Any] = {
        "delimiter": dialect.delimiter,
        "encoding": dialect.encoding,
        "decimal": dialect.decimal,
        "columns": {field: columns[field] for field in columns if field not in ("x", "y")},
        "constants": {},
        "values": {},
    }
    if "category" in columns and "subcategory" not in columns:
        # One column may hold both levels; what is no sub-category in it is left out.
        columns["subcategory"] = document["columns"]["subcategory"] = columns["category"]
    _moments(document, columns, cells, named, doubts)
    _words(document, columns, cells, names, doubts)
    _points(document, columns, cells, dialect, ground, doubts)
    if "external_reference" not in columns:
        doubts.append(
            Doubt("no_reference", "No column looks like a reference: rows will be told apart by what stands in them.")
        )
    return Suggested(document, tuple(doubts))


def fold(text: str) -> str:
    """A text in plain small letters and digits, without accents, spaces and signs."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if sign.isalnum() and sign.isascii())


def _named(header: Sequence[str], field: str) -> list[str]:
    """The columns that are called so: by the order of the names, then of the file."""
    return [column for name in NAMES[field] for column in dict.fromkeys(header) if fold(column) == name]


def _moments(
    document: dict[str, Any],
    columns: Mapping[str, str],
    cells: Mapping[str, list[str]],
    named: Mapping[str, Sequence[str]],
    doubts: list[Doubt],
) -> None:
    told = document["columns"]
    found = times_of(cells, named={field: named[field] for field in _TIMES}, taken=set(columns.values()))
    unused = [column for column in found.unused if column not in told.values()]
    told |= {field: list(both) if len(both) > 1 else both[0] for field, both in found.columns.items()}
    document["datetime_format"] = list(found.formats) if len(found.formats) > 1 else found.formats[0]
    if "occurred_from" not in told:
        doubts.append(Doubt("no_date", "No column looks like a date: choose occurred_from."))
    elif not found.whole:
        doubts.append(Doubt("dates_unread", "The dates could not all be read: look at datetime_format."))
    for column in unused:
        said = f"Times of day in {column!r} are not used: join them to a day in occurred_from or occurred_to."
        doubts.append(Doubt("clock_unused", said, column))


def _words(
    document: dict[str, Any],
    columns: Mapping[str, str],
    cells: Mapping[str, list[str]],
    names: Mapping[str, str],
    doubts: list[Doubt],
) -> None:
    """Value maps for columns in words: our own labels and codes are recognised, the rest is left for a person."""
    known = {"category": _categories(), "subcategory": _subcategories(), "severity": _SEVERITIES,
             "location_kind": _KINDS, "place_code": dict(names)}  # fmt: skip
    for field, ours in known.items():
        if field not in columns:
            continue
        texts = sorted({cell.strip() for cell in cells[columns[field]] if cell.strip()})[:_MOST_WORDS]
        found = {text: code for text in texts if (code := _code(text, ours)) is not None}
        unknown = [text for text in texts if text not in found]
        if any(str(found[text]) != text for text in found) or unknown:
            document["values"][field] = found
        if field == "subcategory" and columns[field] == columns.get("category"):
            document.setdefault("defaults", {})[field] = None
        elif unknown:
            document.setdefault("defaults", {})[field] = "other" if field == "category" else None
            said = f"{len(unknown)} of {len(texts)} texts in {columns[field]!r} are not known: see values.{field}."
            doubts.append(Doubt("words_unknown", said, columns[field]))
    if "category" not in columns:
        document["constants"]["category"] = "other"
        doubts.append(Doubt("no_category", "No column looks like a category: every row becomes 'other'."))


def _code(text: str, ours: Mapping[str, Any]) -> Any:
    """Our code for a text, or for a part of it where one column holds two levels ("Trafik: Moped")."""
    if len(text) > _LONGEST_WORD:
        return None
    parts = [text, *reversed(re.split(r"\s*[:/,]\s*|\s+-\s+", text))]
    return next((ours[fold(part)] for part in parts if fold(part) in ours), None)


def _categories() -> dict[str, Any]:
    known: dict[str, Any] = {}
    for each in CATEGORIES.values():
        for sub, (sv, en) in each.subcategories.items():
            known |= {fold(name): each.code for name in (sub, sv, en)}
    for each in CATEGORIES.values():
        known |= {fold(name): each.code for name in (each.code, each.sv, each.en)}
    return known


def _subcategories() -> dict[str, Any]:
    return {
        fold(name): code
        for each in CATEGORIES.values()
        for code, labels in each.subcategories.items()
        for name in (code, *labels)
    }


_SEVERITIES: dict[str, Any] = {
    **{fold(name): 1 for name in ("1", "låg", "low", "liten", "mindre")},
    **{fold(name): 2 for name in ("2", "medel", "medium", "mellan", "normal")},
    **{fold(name): 3 for name in ("3", "hög", "high", "stor", "allvarlig")},
}
_KINDS: dict[str, Any] = {
    **{fold(name): name for name in LOCATION_KINDS},
    **{fold(name): "residential" for name in ("bostad", "bostadsmiljö", "bostadsområde")},
    **{fold(name): "public" for name in ("allmän plats", "offentlig", "offentlig miljö")},
    **{fold(name): "semi_public" for name in ("halvoffentlig", "butik", "centrum", "trapphus")},
}


def _points(
    document: dict[str, Any],
    columns: Mapping[str, str],
    cells: Mapping[str, list[str]],
    dialect: Dialect,
    ground: Ground,
    doubts: list[Doubt],
) -> None:
    """Columns of coordinates and their system: the one in which most points fall into the municipality's areas."""
    if "x" not in columns or "y" not in columns:
        return
    x, y = (numbers(cells[columns[axis]], dialect.decimal) for axis in ("x", "y"))
    whole = np.isfinite(x) & np.isfinite(y) & ~((x == 0) & (y == 0))
    x, y = x[whole], y[whole]
    hits = {
        (crs, swapped): _inside(*((y, x) if swapped else (x, y)), crs=crs, ground=ground)
        for crs in _candidates(ground)
        for swapped in (False, True)
    }
    crs, swapped = max(hits, key=lambda each: hits[each])
    if not hits[crs, swapped]:
        doubts.append(Doubt("system_unknown", "The coordinates fall into no area in any system tried: set crs."))
        crs, swapped = ground.crs, False
    elif hits[crs, swapped] < len(x):
        doubts.append(
            Doubt("outside_areas", f"{len(x) - hits[crs, swapped]} of {len(x)} points fall outside all areas.")
        )
    first, second = (columns["y"], columns["x"]) if swapped else (columns["x"], columns["y"])
    document["columns"] |= {"x": first, "y": second}
    document["crs"] = crs


def _candidates(ground: Ground) -> list[str]:
    """The municipality's own system, degrees, and every projected system that is in use where its areas lie."""
    if ground.areas.middle is None:
        return [ground.crs, "EPSG:4326"]
    here = AreaOfInterest(*ground.areas.middle, *ground.areas.middle)
    others = query_crs_info(auth_name="EPSG", pj_types=PJType.PROJECTED_CRS, area_of_interest=here, contains=True)
    return list(dict.fromkeys([ground.crs, "EPSG:4326", *(f"EPSG:{info.code}" for info in others)]))


def _inside(x: geometry.Array, y: geometry.Array, *, crs: str, ground: Ground) -> int:
    if not len(x):
        return 0
    try:
        lon, lat = geometry.to_lonlat(x, y, crs=crs)
    except (Invalid, ProjError):  # some systems of the register lead nowhere
        return 0
    fine = np.isfinite(lon) & np.isfinite(lat)
    return sum(code is not None for code in ground.areas.codes_at(lon[fine], lat[fine]))
