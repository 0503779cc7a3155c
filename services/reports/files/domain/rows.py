"""Rows of a partner's file become reports: many at once, because one by one is ten times slower.

A row that cannot become a report leaves faults behind that say its line and column and never what it holds.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress
from typing import Any

import numpy as np

from services.reports.areas.domain.systems import Home, meant
from services.reports.figures import figures, figures_of
from services.reports.files.domain.columns import Columns, NewIds, completed
from services.reports.files.domain.csvfile import Row
from services.reports.files.domain.damage import Fault
from services.reports.files.domain.defaulting import Unknown, refused_for_words, taken_by_default
from services.reports.files.domain.failures import Unreadable
from services.reports.files.domain.places import Found, locate
from services.reports.files.domain.readable import Reading, Rows, readable
from services.reports.files.domain.references import unfit, unsure
from services.reports.files.domain.totals import totals_in
from services.reports.ground import Ground
from services.reports.intake.domain import LONGEST_REFERENCE, LONGEST_TEXT, When
from services.reports.mappings.domain import mapping as mappings
from services.reports.mappings.domain.words import Wrong, code_of, is_by_default, moment_of, pair_of, value_of
from services.reports.spoilt import is_sound, spoilt
from services.reports.taxonomy import RETIRED, in_force
from shared.geo.geometry import Array

_MOST_REMEMBERED = 50_000
# No list has longer words, and a hundred thousand letters each would fill the memory.
_LONGEST_REMEMBERED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What came of some rows. What of it is a sequence, but for `faults` and `mentioned`, goes with the columns.

    columns: what the reports are, by the names of their table's columns, each as long as the others; an object for each
    would cost as much as all the rest. kin: see `identifying.Known`, None for a row that says too little of where and
    when to be taken for a corrected one. earlier: by what earlier ways know them; written: as `Known` has it. repeated:
    an earlier row of the file, on the line that `firsts` says, has the same reference. mentioned: by what wrong rows
    are known. `points` were given, `fitting` of them lie where the coordinate system is used; sample: some of them, as
    they were read. masked: rows with personal data, which was struck out; masked_kinds: how much of what. mended: rows
    whose area's code had lost its noughts. fillers: what stood in the place of references, and how often. by_default,
    unknown: words that the mapping does not know, and has a default for or refuses.
    """

    read: int
    columns: Columns
    lines: Sequence[int]
    kin: Sequence[str | None]
    earlier: Sequence[Sequence[str]]
    written: Sequence[int]
    repeated: Sequence[bool]
    severity_said: Sequence[bool]
    firsts: Sequence[int]
    mentioned: Sequence[str]
    faults: Sequence[Fault]
    points: int
    fitting: int
    sample: tuple[Array, Array] | None
    masked: int
    masked_kinds: Mapping[str, int]
    fillers: Mapping[str, int] = field(default_factory=dict)
    mended: int = 0
    by_default: Unknown = field(default_factory=Unknown)
    unknown: Unknown = field(default_factory=Unknown)


def skip(reading: Reading, rows: Sequence[Row]) -> None:
    """Pass over rows that were dealt with before, remembering of them what `interpret` does."""
    here = readable(reading, rows)
    reading.knower.identify(here.cells, here.texts, here.lines)


def interpret(reading: Reading, rows: Sequence[Row], *, ground: Ground, ids: NewIds, now: datetime) -> Batch:
    """The reports that these rows are. Rows without a usable point become reports without a place."""
    here = readable(reading, rows)
    known = reading.knower.identify(here.cells, here.texts, here.lines)
    codes = {name: _codes(here, name) for name in mappings.CODED}
    _check_pairs(here, codes["category"], codes["subcategory"])
    times = _times(here, ground=ground, now=now)
    codes |= _in_force(codes["category"], codes["subcategory"], times)
    _check_texts(here)
    found = _places(here, codes.pop("place_code"), ground=ground)
    _tell_masked(here)
    every = {"external_reference": known.references, **codes, **found.columns, "text": _written(here)}
    good = [row not in here.bad for row in range(len(here.lines))]

    def kept(values: Sequence[Any]) -> Sequence[Any]:
        return list(compress(values, good)) if here.bad else values

    by, columns = reading.sender, {name: kept(values) for name, values in every.items()}
    return Batch(
        read=len(rows),
        columns=completed(columns, kept(times), organisation_id=by.organisation_id, client_id=by.client_id, ids=ids),
        lines=kept(here.lines),
        kin=kept(_kin(known.kin, times, found.columns["lon"], sure=reading.whole)),
        earlier=[kept(each) for each in known.earlier],
        written=known.written,
        repeated=kept(known.repeated),
        firsts=kept(known.firsts),
        mentioned=[known.references[row] for row in here.bad],
        faults=here.faults,
        points=found.given,
        fitting=found.fitting,
        sample=found.sample,
        masked=len({row for row, _ in here.masked}),
        masked_kinds=here.masked_kinds,
        fillers=here.fillers,
        mended=found.mended,
        by_default=taken_by_default(here),
        unknown=refused_for_words(here),
        severity_said=kept(_severity_said(here)),
    )


def check_first(batch: Batch, *, mapping: mappings.Mapping, ground: Ground) -> None:
    """Raise Unreadable where the first rows of a file show that it is read in the wrong way altogether.

    Single rows may be wrong or lie elsewhere; when all do, going on would store nonsense.
    """
    failed = batch.read - len(batch.lines)
    if failed == batch.read >= 3:
        first = _most_frequent([fault for fault in batch.faults if fault.failed])
        column = f", column {first.column!r}" if first.column else ""
        detail = f"None of the first {failed} rows can be used. Line {first.line}{column}: {first.detail}"
        raise Unreadable(detail, why="no_row_usable", line=first.line, column=first.column, fault=first.code)
    if batch.points >= 3 and not batch.fitting:
        raise Unreadable(
            f"None of the first {batch.points} points lies where {mapping.crs} and the municipality's {ground.crs} are "
            "used. Is it another coordinate system, are x and y swapped, or is the decimal sign another?"
            f"{_meant(batch, mapping=mapping, ground=ground)}",
            why="points_elsewhere",
        )
    # A row whose point lies in none of the areas may have the one that it names.
    named = {fault.line for fault in batch.faults if fault.code == "point_in_no_area"}
    areas = zip(batch.lines, batch.columns["area_code"], strict=True)
    inside = any(code is not None and line not in named for line, code in areas)
    if batch.points >= 100 and ground.codes and not inside:
        raise Unreadable(
            f"None of the first {batch.points} points lies in the municipality's areas. Is {mapping.crs} the right "
            f"coordinate system?{_meant(batch, mapping=mapping, ground=ground)}",
            why="points_outside",
        )


def _meant(batch: Batch, *, mapping: mappings.Mapping, ground: Ground) -> str:
    """The system that would put the points into the municipality's areas; while there are none, where it can be."""

    def inside(lon: Array, lat: Array) -> int:
        fine = np.isfinite(lon) & np.isfinite(lat)
        return sum(code is not None for code in ground.areas.codes_at(lon[fine], lat[fine]))

    if batch.sample is None:
        return ""
    home = Home(ground.crs, ground.areas.bounds)
    found = meant(*batch.sample, but=mapping.crs or "", home=home, there=inside if ground.codes else None)
    return f" In {found}, {found.there} of {found.of} would lie there." if found else ""


def _most_frequent(faults: Sequence[Fault]) -> Fault:
    """The first of those that most rows have: the first row may be wrong in a way of its own."""
    often = Counter((fault.column, fault.code) for fault in faults)
    return max(faults, key=lambda fault: often[fault.column, fault.code])


def _kin(kin: Sequence[str | None], times: Sequence[Any], lon: Sequence[Any], *, sure: bool) -> list[str | None]:
    """The kin of rows that can be taken for corrected ones.

    Two reports of a day, a district and a kind are two as often as one: unless the sender chose the columns, or the
    file is all that there is, it takes a clock or a point.
    """
    if sure:
        return list(kin)
    told = zip(kin, times, lon, strict=True)
    return [
        each if isinstance(moment, When) and (moment.band is not None or east is not None) else None
        for each, moment, east in told
    ]


def _written(here: Rows) -> list[str | None]:
    return [text or None for text in here.texts_of("text")]


def _severity_said(here: Rows) -> list[bool]:
    """Which rows say how severe it was: a report has a severity also where its row says none."""
    texts = here.texts_of("severity")
    told = {text: value_of(here.reading.mapping, "severity", text) is not None for text in set(texts)}
    return [told[text] for text in texts]


def _codes(here: Rows, name: str) -> list[Any]:
    """Our codes of one field for all rows; None, and a fault, where a text has none."""
    known, mapping = here.reading.words, here.reading.mapping
    if name not in here.texts and not isinstance(code := code_of(mapping, name, ""), Wrong):
        return [code] * len(here.lines)
    if len(known) > _MOST_REMEMBERED:
        known.clear()
    codes: list[Any] = []
    told = name != "subcategory" or mapping.columns.get(name) != mapping.columns.get("category")
    for row, text in enumerate(here.texts_of(name)):
        if (name, text) in known:
            code, by_default = known[name, text]
        else:
            code, by_default = code_of(mapping, name, text), told and is_by_default(mapping, name, text)
            if len(text) <= _LONGEST_REMEMBERED:
                known[name, text] = code, by_default
        if isinstance(code, Wrong):
            here.refuse(row, code)
        if by_default:
            here.by_default.append((row, name))
        codes.append(code)
    return codes


def _check_pairs(here: Rows, categories: Sequence[Any], subcategories: Sequence[Any]) -> None:
    for row, (category, subcategory) in enumerate(zip(categories, subcategories, strict=True)):
        if subcategory is not None and row not in here.bad and (wrong := pair_of(category, subcategory)):
            here.refuse(row, wrong)


def _in_force(categories: Sequence[Any], subcategories: Sequence[Any], times: Sequence[Any]) -> dict[str, list[Any]]:
    """The two columns with codes that were out of use on their day replaced; nothing where there are none."""
    pairs = list(zip(categories, subcategories, strict=True))
    if RETIRED.keys().isdisjoint(pairs):
        return {}
    held = [
        in_force(*pair, on=moment.occurred_on) if pair in RETIRED and isinstance(moment, When) else pair
        for pair, moment in zip(pairs, times, strict=True)
    ]
    return {"category": [pair[0] for pair in held], "subcategory": [pair[1] for pair in held]}


def _check_texts(here: Rows) -> None:
    """What is kept as it stands: adding up no others, not too long, and with the letters that were written."""
    for row, total in totals_in(here.cells, here.texts, mapping=here.reading.mapping):
        here.refuse(row, total)
    for name, longest in (("text", LONGEST_TEXT), ("external_reference", LONGEST_REFERENCE)):
        texts = here.texts.get(name, ())
        sound = is_sound(texts)
        for row, text in enumerate(texts):
            if len(text) > longest:
                here.refuse(row, Wrong(name, "too_long", f"At most {longest} characters."))
            elif not sound and (wrong := spoilt(text)) is not None:
                here.refuse(row, Wrong(name, "encoding", wrong.detail))
    for row, told in unfit(here.texts.get("external_reference", ())):
        here.refuse(row, told)
    for row, told in unsure(here.texts.get("external_reference", ())):
        here.note(row, told)


def _tell_masked(here: Rows) -> None:
    """Which rows are kept without what their sender wrote; never what that was."""
    for row, name in here.masked:
        here.note(row, Wrong(name, "masked", _MASKED[name]))


_MASKED = {
    "text": "The text holds personal data, which was struck out before the row was kept.",
    "external_reference": "The reference looks like personal data and is not kept: the row is known by what it says.",
}


def _times(here: Rows, *, ground: Ground, now: datetime) -> list[Any]:
    """When each row happened; a fault where nobody can tell."""
    mapping, known = here.reading.mapping, dict[tuple[str, str], When | Wrong]()
    times: list[Any] = []
    for row, texts in enumerate(zip(here.texts_of("occurred_from"), here.texts_of("occurred_to"), strict=True)):
        if texts not in known:
            known[texts] = moment_of(mapping, *map(figures, texts), zone=ground.zone, now=now)
        moment = known[texts]
        if isinstance(moment, Wrong):
            here.refuse(row, moment)
        times.append(moment)
    return times


def _places(here: Rows, codes: Sequence[Any], *, ground: Ground) -> Found:
    """Where each row lies; a fault where nobody can tell."""
    read = {name: figures_of(here.texts[name]) for name in ("x", "y", "point") if name in here.texts}
    xy, both = (read.get("x"), read.get("y")), read.get("point")
    found = locate(*xy, codes, mapping=here.reading.mapping, ground=ground, both=both)
    for row, wrong in found.wrong:
        here.refuse(row, wrong)
    for row, wrong in found.notes:
        here.note(row, wrong)
    here.by_default += ((row, "place_code") for row in found.by_default)
    return found
