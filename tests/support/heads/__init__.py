"""Heads of files, made up after real kinds, and how they are to be read; and what a suggestion makes of them."""

import csv
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from services.reports.files.domain.places import numbers
from services.reports.files.domain.sniffing import sniff
from services.reports.ground import Ground
from services.reports.mappings.domain.words import Wrong, moment_of
from services.reports.mappings.schemas import Mapping
from services.reports.suggestions.domain import Suggested, suggest
from services.reports.suggestions.folding import fold
from shared.geo import geometry

NOW = datetime(2026, 12, 24, tzinfo=UTC)
# Municipalities: west, south, east, north in degrees; their projected system, their clock, their areas by name.
_PLACES: dict[str, tuple[tuple[float, float, float, float], str, str, str]] = {
    "ostersund": (
        (14.0, 62.9, 15.4, 63.6),
        "EPSG:3006",
        "Europe/Stockholm",
        "Centrum Torvalla Körfältet Odensala Lugnvik",
    ),
    "stockholm": ((17.7, 59.2, 18.3, 59.5), "EPSG:3006", "Europe/Stockholm", "Centrum Södermalm"),
    "oslo": ((10.5, 59.8, 11.0, 60.1), "EPSG:25832", "Europe/Oslo", "Sentrum Grünerløkka"),
    "copenhagen": ((12.4, 55.6, 12.7, 55.8), "EPSG:25832", "Europe/Copenhagen", "Nørrebro Vesterbro"),
    "helsinki": ((24.7, 60.1, 25.3, 60.3), "EPSG:3067", "Europe/Helsinki", "Kallio Kamppi"),
    "berlin": ((13.1, 52.3, 13.8, 52.7), "EPSG:25833", "Europe/Berlin", "Mitte Wedding"),
    "zurich": ((8.4, 47.3, 8.7, 47.5), "EPSG:2056", "Europe/Zurich", "Altstadt"),
    "london": ((-0.5, 51.3, 0.3, 51.7), "EPSG:27700", "Europe/London", "Soho Camden"),
    "newyork": ((-74.3, 40.5, -73.7, 40.9), "EPSG:32618", "America/New_York", "Manhattan"),
    "chicago": ((-88.0, 41.6, -87.5, 42.1), "EPSG:32616", "America/Chicago", "Loop"),
}


@dataclass(frozen=True, slots=True)
class Head:
    """A head of a file, and how it is to be read.

    columns: field -> its columns. first: when the first row was, on the clock there. words: word -> category, with a
    sub-category behind a slash. doubted: fields that nobody can tell from this head, which a doubt has to name.
    """

    of: str
    where: str
    rows: str
    columns: dict[str, Any]
    first: str | None = None
    crs: str | None = None
    words: dict[str, str] = field(default_factory=dict)
    doubted: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a head: fields that are right, that are wrong, and those of them that no doubt names."""

    right: Sequence[str]
    wrong: Sequence[str]
    silent: Sequence[str]


def heads(name: str) -> list[Head]:
    """The heads of a list: `tuned` or `aside`."""
    text = (Path(__file__).parent / f"{name}.toml").read_text("utf-8")
    return [Head(**each) for each in tomllib.loads(text)["head"]]


def suggested_for(head: Head) -> Suggested:
    """What is suggested for it, in the municipality that it comes from."""
    content = head.rows.strip("\n").encode()
    dialect = sniff(content)
    header, *rows = csv.reader(content.decode().splitlines(), delimiter=dialect.delimiter)
    (west, south, east, north), crs, zone, names = _PLACES[head.where]
    square = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    codes = {name: f"{number:02}" for number, name in enumerate(names.split(), start=1)}
    areas = geometry.AreaIndex([("01", {"type": "Polygon", "coordinates": [square]}, 1)])
    ground = Ground(zone=ZoneInfo(zone), crs=crs, areas=areas, codes=frozenset(codes.values()))
    places = {fold(name): code for name, code in codes.items()} | {code: code for code in codes.values()}
    return suggest(header, rows, dialect=dialect, ground=ground, names=places, today=NOW.date())


def judged(head: Head) -> Verdict:
    """The fields of a head beside those that are suggested for it."""
    found = suggested_for(head)
    told = found.document["columns"]
    both = told.get("subcategory") == told.get("category")
    fields = {*head.columns, *told} - ({"subcategory"} if both else set())
    right = [name for name in fields if _listed(told.get(name)) == _listed(head.columns.get(name))]
    wrong = sorted(fields - set(right))
    wrong += [name for name in _misread(head, found) if name not in wrong]
    right = sorted(set(right) - set(wrong))
    said = {(doubt.field, doubt.column) for doubt in found.doubts}

    def is_said(name: str) -> bool:
        taken = set(_listed(told.get(name)))
        return any(field == name or (column in taken) for field, column in said)

    silent = [name for name in wrong if name in told and not is_said(name)]
    unsaid = [name for name in head.doubted if not any(field == name for field, _ in said)]
    return Verdict(right, wrong, [*silent, *unsaid])


def _listed(names: Any) -> list[str]:
    return [names] if isinstance(names, str) else list(names or ())


def _misread(head: Head, found: Suggested) -> list[str]:
    """The fields whose column is right and what is read in it is not."""
    wrong = []
    document = found.document
    if head.crs is not None and "x" in document["columns"] and not _is_there(head, document):
        wrong.append("x")
    if head.first is not None and "occurred_from" in document["columns"] and _first_of(head, document) != head.first:
        wrong.append("occurred_from")
    values = document["values"]
    for word, code in head.words.items():
        category, _, finer = code.partition("/")
        mains, fine = values.get("category", {}), values.get("subcategory", {}).get(word)
        both = document["columns"].get("subcategory") == document["columns"].get("category")
        if mains.get(word) != category or (both and fine not in (None, finer)):
            wrong.append("category")
            break
    return wrong


def _first_row(head: Head, document: dict[str, Any]) -> dict[str, str]:
    content = head.rows.strip("\n").splitlines()
    return next(iter(csv.DictReader(content, delimiter=document["delimiter"])))


def _first_of(head: Head, document: dict[str, Any]) -> str | None:
    zone = ZoneInfo(_PLACES[head.where][2])
    row = _first_row(head, document)
    text = " ".join(row[name] for name in _listed(document["columns"]["occurred_from"])).strip()
    read = moment_of(Mapping.model_validate(document).plan(), text, "", zone=zone, now=NOW)
    if isinstance(read, Wrong):
        return None
    local = read.occurred_from.astimezone(zone).replace(tzinfo=None)
    if read.band is None:
        return local.date().isoformat()
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def _is_there(head: Head, document: dict[str, Any]) -> bool:
    """Whether the first point lies where it is to lie: many systems of a register are the same to a metre."""
    row = _first_row(head, document)
    x, y = (numbers([row[document["columns"][axis]]], document["decimal"]) for axis in ("x", "y"))
    found = [geometry.to_lonlat(x, y, crs=crs) for crs in (document["crs"], head.crs or "")]
    return bool(np.allclose(found[0], found[1], atol=2e-4))
