"""A mapping suggested from a file's header and first rows: what its columns are called, and what stands in them.

It is a suggestion: a person looks at it beside the rows before it is kept. What cannot be told is left out and said,
and so is every column that nothing is made of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.reports.files.domain.sniffing import Dialect
from services.reports.ground import Ground
from services.reports.suggestions.choosing import Chosen, chosen_from
from services.reports.suggestions.clocks import Times, times_of
from services.reports.suggestions.contents import Column
from services.reports.suggestions.doubts import (
    Doubt,
    column_unused,
    field_unsure,
    midnight_often,
    offset_odd,
    reference_counts,
    same_clock,
    zone_unsure,
)
from services.reports.suggestions.firsts import DateReading, date_readings
from services.reports.suggestions.forms import are_dated
from services.reports.suggestions.headings import TIMES, is_of_no_field, roles_of
from services.reports.suggestions.points import Points, found_in, in_one, points_of
from services.reports.suggestions.values import Word, values_of
from services.reports.suggestions.zones import clock_of, zone_in
from shared.texts import plain


@dataclass(frozen=True, slots=True)
class Suggested:
    """A mapping as a document, and what could not be told.

    words: of its coded columns, most frequent first. dates: what the first date says in each form that reads it.
    """

    document: dict[str, Any]
    doubts: tuple[Doubt, ...]
    words: tuple[Word, ...] = ()
    dates: tuple[DateReading, ...] = ()


def suggest(
    header: Sequence[str], rows: Sequence[Sequence[str]], *, dialect: Dialect, ground: Ground, names: Mapping[str, str]
) -> Suggested:
    """A mapping for files like this one. `names`: the areas' codes by their folded names, for places in words."""
    columns = [
        Column(name, [" ".join(plain(row[at]).split()) if at < len(row) else "" for row in rows], dialect.decimal)
        for at, name in enumerate(header)
        if name and name not in header[:at]
    ]
    chosen = chosen_from(columns, places=names)
    document: dict[str, Any] = {
        "delimiter": dialect.delimiter,
        "encoding": dialect.encoding,
        "decimal": dialect.decimal,
        "columns": {},
        "constants": {},
        "values": {},
    }
    of_times = _tell_times(document, columns, chosen, ground)
    of_points = _tell_points(document, columns, chosen, ground)
    words, of_words = _tell_words(document, chosen, names)
    doubts = [*of_times, *of_words, *of_points, *_of_reference(document, columns), *chosen.doubts]
    doubts += _of_what_is_left(document, columns, {doubt.column for doubt in doubts})
    dates = date_readings(document, {column.name: column.cells for column in columns})
    return Suggested(document, tuple(doubts), tuple(words), tuple(dates))


def _tell_times(document: dict[str, Any], columns: Sequence[Column], chosen: Chosen, ground: Ground) -> list[Doubt]:
    named = {field: _called(columns, field) for field in TIMES}
    cells = {column.name: column.cells for column in columns}
    dated = [column.name for column in columns if are_dated(column.cells)]
    called = {name for names in named.values() for name in names}
    strangers = [name for name in dated if name not in called and not is_of_no_field(name)]
    if not called & set(dated):
        named["occurred_from"] += strangers
    none = {column.name for column in columns if is_of_no_field(column.name)}
    times = times_of(cells, named=named, taken=none | {column.name for column in chosen.columns.values()})
    document["columns"] |= {
        field: list(names) if len(names) > 1 else names[0] for field, names in times.columns.items()
    }
    document["datetime_format"] = list(times.formats) if len(times.formats) > 1 else times.formats[0]
    of_clock = _tell_clock(document, times, ground)
    told_otherwise = {column.name for field, column in chosen.columns.items() if field not in ("x", "y")}
    return [*_of_times(times, told_otherwise), *of_clock, *_of_choice(times, columns, called, strangers)]


def _tell_clock(document: dict[str, Any], times: Times, ground: Ground) -> list[Doubt]:
    """On which clock the moments stand, and which of them are none."""
    begin = times.columns.get("occurred_from")
    if begin is None:
        return []
    doubts = []
    clock = clock_of(times.begins, times.formats, zone=ground.zone)
    if clock.odd:
        document["datetime_format"] = next((form for form in times.formats if "%z" not in form), "%Y-%m-%d %H:%M")
        doubts.append(offset_odd(begin[-1]))
    named = zone_in([" ".join(names) for names in times.columns.values()]) if clock.clocked else None
    if named == "UTC":
        document["time_zone"] = named
    elif named is not None:
        doubts.append(zone_unsure(begin[-1]))
    if clock.unknown_at_midnight and clock.midnights < clock.clocked:
        document["midnight"] = "unknown"
        doubts.append(midnight_often(begin[-1], clock.midnights, of=clock.clocked))
    elif clock.same is not None:
        doubts.append(same_clock(begin[-1]))
    return doubts


def _called(columns: Sequence[Column], field: str) -> list[str]:
    """The columns that are called so: by their rank, then in the order of the file."""
    found = [(role.rank, column.name) for column in columns for role in roles_of(column.name) if role.field == field]
    return [name for _, name in sorted(found, key=lambda each: each[0])]


def _of_times(times: Times, told_otherwise: set[str]) -> list[Doubt]:
    doubts = []
    begin = times.columns.get("occurred_from")
    if begin is None:
        doubts.append(Doubt("no_date", "No column looks like a date: choose occurred_from.", None, "occurred_from"))
    elif not times.whole:
        doubts.append(Doubt("dates_unread", "The dates could not all be read: look at datetime_format.", None, None))
    elif times.either:
        detail = f"Day, month and year cannot be told apart in {begin[0]!r}. Look at datetime_format."
        doubts.append(Doubt("day_month_order", detail, begin[0], "occurred_from"))
    for column in (name for name in times.unused if name not in told_otherwise):
        said = f"Times of day in {column!r} are not used: join them to a day in occurred_from or occurred_to."
        doubts.append(Doubt("clock_unused", said, column))
    return doubts


def _of_choice(times: Times, columns: Sequence[Column], called: set[str], strangers: Sequence[str]) -> list[Doubt]:
    """What is doubtful about the columns that were taken: a name that does not say so, or another that may be meant."""
    roles = {column.name: role for column in columns for role in roles_of(column.name)}
    doubts = []
    for field, names in times.columns.items():
        for name in dict.fromkeys(names):
            if name not in called:
                doubts.append(field_unsure(field, name, why="its heading does not say so, but what stands in it."))
            elif not roles[name].sure:
                doubts.append(field_unsure(field, name, why="a part of its heading says so."))
    begin = times.columns.get("occurred_from", ("",))[0]
    rival = next((name for name in strangers if begin in called and roles[begin].rank > 1), None)
    if rival is not None:
        doubts.append(field_unsure("occurred_from", begin, why=f"column {rival!r} may be it as well."))
    return doubts


def _tell_points(document: dict[str, Any], columns: Sequence[Column], chosen: Chosen, ground: Ground) -> list[Doubt]:
    x, y, point = (chosen.columns.pop(name, None) for name in ("x", "y", "point"))
    if point is not None and (x is None or y is None):
        one = in_one(point, ground=ground)
        document["columns"]["point"] = point.name
        document["crs"] = one.found.crs
        if one.form != "auto":
            document["point_form"] = one.form
        return [doubt._replace(field="point") for doubt in _of_points(one.found)]
    doubts: list[Doubt] = []
    if x is not None and y is not None:
        found: Points | None = points_of(x, y, ground=ground)
    else:
        told = document["columns"].values()
        used = {name for each in told for name in ([each] if isinstance(each, str) else each)}
        free = [column for column in columns if column.name not in used and not chosen.is_taken(column)]
        found = found_in(free, ground=ground)
        doubts += (
            [
                field_unsure(field, name, why="its heading does not say so, but what stands in it.")
                for field, name in (("x", found.x), ("y", found.y))
                if found
            ]
            if found
            else []
        )
    if found is None:
        return doubts
    document["columns"] |= {"x": found.x, "y": found.y}
    document["crs"] = found.crs
    return [*doubts, *_of_points(found)]


def _of_points(found: Points) -> list[Doubt]:
    if not found.inside:
        detail = "The coordinates fall into no area in any system tried: set crs."
        return [Doubt("system_unknown", detail, None, "x")]
    doubts = []
    if found.unsure:
        detail = f"The coordinates fall into the areas in other systems than {found.crs} too: look at crs."
        doubts.append(Doubt("system_unsure", detail, None, "x"))
    if found.inside < found.given:
        detail = f"{found.given - found.inside} of {found.given} points fall outside all areas."
        doubts.append(Doubt("outside_areas", detail, None, "x"))
    return doubts


def _tell_words(document: dict[str, Any], chosen: Chosen, names: Mapping[str, str]) -> tuple[list[Word], list[Doubt]]:
    """Value maps for columns in words: what is known is said, the rest is left for a person."""
    if "category" in chosen.columns:
        # One column may hold both levels; what is no sub-category in it is left out.
        chosen.columns.setdefault("subcategory", chosen.columns["category"])
    document["columns"] |= {field: column.name for field, column in chosen.columns.items()}
    found = values_of(chosen.columns, places=names)
    document["values"] = found.values
    if found.defaults:
        document["defaults"] = found.defaults
    if "category" in chosen.columns:
        return found.words, found.doubts
    document["constants"]["category"] = "other"
    detail = "No column looks like a category: every row becomes 'other'."
    return found.words, [*found.doubts, Doubt("no_category", detail, None, "category")]


def _of_reference(document: dict[str, Any], columns: Sequence[Column]) -> list[Doubt]:
    if (name := document["columns"].get("external_reference")) is not None:
        counts = next(column for column in columns if column.name == name).counts_rows
        return [reference_counts(name)] if counts else []
    detail = "No column looks like a reference: rows will be told apart by what stands in them."
    return [Doubt("no_reference", detail, None, "external_reference")]


def _of_what_is_left(document: dict[str, Any], columns: Sequence[Column], said: set[str | None]) -> list[Doubt]:
    """A doubt for each column that says something and that nothing is made of, nor said."""
    used = {name for each in document["columns"].values() for name in ([each] if isinstance(each, str) else each)}
    return [
        column_unused(column.name, filled=column.filled, rows=len(column.cells))
        for column in columns
        if column.filled and column.name not in used | said
    ]
