"""A mapping suggested from a file's header and first rows: what its columns are called, and what stands in them.

It is a suggestion: a person looks at it beside the rows before it is kept. What cannot be told is left out and said,
and so is every column that nothing is made of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.reports.figures import figures_of
from services.reports.files.domain.fillers import own_of
from services.reports.files.domain.references import is_dated, is_rounded
from services.reports.files.domain.sniffing import Dialect
from services.reports.ground import Ground
from services.reports.suggestions.choosing import Chosen, chosen_from
from services.reports.suggestions.contents import Column
from services.reports.suggestions.doubts import (
    Doubt,
    column_unused,
    field_unsure,
    fillers,
    lines_of,
    outside_areas,
    reference_counts,
    reference_dated,
    reference_rounded,
    system_unknown,
)
from services.reports.suggestions.firsts import DateReading, date_readings
from services.reports.suggestions.forms import are_dated, is_clock
from services.reports.suggestions.points import Points, found_in, in_one, points_of
from services.reports.suggestions.times import tell_times
from services.reports.suggestions.values import Word, values_of
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
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    dialect: Dialect,
    ground: Ground,
    names: Mapping[str, str],
    today: date,
    lines: Sequence[int] = (),
    by_hand: Mapping[str, str] | None = None,
) -> Suggested:
    """A mapping for files like this one.

    names: the areas' codes by their folded names, for places in words. lines: where in the file the rows stand.
    by_hand: columns that a person chose, by their fields; columns of the header.
    """
    columns = [
        _column(name, [" ".join(plain(row[at]).split()) if at < len(row) else "" for row in rows], dialect.decimal)
        for at, name in enumerate(header)
        if name and name not in header[:at]
    ]
    chosen = chosen_from(columns, places=names, by_hand=by_hand)
    document: dict[str, Any] = {
        "delimiter": dialect.delimiter,
        "encoding": dialect.encoding,
        "decimal": dialect.decimal,
        "columns": {},
        "constants": {},
        "values": {},
    }
    of_times = tell_times(document, columns, chosen, lines=lines, zone=ground.zone, today=today)
    of_points = _tell_points(document, columns, chosen, ground, lines)
    words, of_words = _tell_words(document, chosen, names)
    doubts = [*of_times, *of_words, *of_points, *_of_reference(document, columns, lines), *chosen.doubts]
    doubts += _of_what_is_left(document, columns, {doubt.column for doubt in doubts})
    dates = date_readings(document, {column.name: column.cells for column in columns}, zone=ground.zone)
    return Suggested(document, tuple(doubts), tuple(words), tuple(dates))


def _column(name: str, cells: Sequence[str], decimal: str) -> Column:
    """A column of these cells; of dates, clocks and numbers with their signs as they are read."""
    if (read := figures_of(cells)) is cells:
        return Column(name, cells, decimal)
    column = Column(name, read, decimal)
    told = are_dated(read) or all(map(is_clock, column.words)) or column.is_numeric or column.is_points
    return column if told else Column(name, cells, decimal)


def _tell_points(
    document: dict[str, Any], columns: Sequence[Column], chosen: Chosen, ground: Ground, lines: Sequence[int]
) -> list[Doubt]:
    x, y, point = (chosen.columns.pop(name, None) for name in ("x", "y", "point"))
    if point is not None and (x is None or y is None):
        one = in_one(point, ground=ground)
        document["columns"]["point"] = point.name
        document["crs"] = one.found.crs
        if one.form != "auto":
            document["point_form"] = one.form
        return [doubt._replace(field="point") for doubt in _of_points(one.found, lines)]
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
    return [*doubts, *_of_points(found, lines)]


def _of_points(found: Points, lines: Sequence[int]) -> list[Doubt]:
    column = " + ".join(dict.fromkeys((found.x, found.y)))
    outside = lines_of(found.outside, lines)
    if not found.inside:
        return [system_unknown(column, outside)]
    doubts = []
    if found.unsure:
        detail = f"The points in {column!r} fall into the areas in other systems than {found.crs} too: look at crs."
        doubts.append(Doubt("system_unsure", detail, column, "x"))
    if found.inside < found.given:
        doubts.append(outside_areas(column, outside, count=found.given - found.inside, of=found.given))
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


def _of_reference(document: dict[str, Any], columns: Sequence[Column], lines: Sequence[int]) -> list[Doubt]:
    if (name := document["columns"].get("external_reference")) is not None:
        column = next(column for column in columns if column.name == name)
        own = own_of(column.cells)
        stands = own.fillers.most_common()
        of_none = [at for at, reference in enumerate(own.references) if column.cells[at] and not reference]
        at = lines_of(of_none, lines)
        said = [fillers(name, stands[0][0], at, count=own.fillers.total())] if stands else []
        return [reference_counts(name)] * column.counts_rows + said + _of_spoilt(column, lines)
    detail = "No column looks like a reference: rows will be told apart by what stands in them."
    return [Doubt("no_reference", detail, None, "external_reference")]


def _of_spoilt(column: Column, lines: Sequence[int]) -> list[Doubt]:
    """Doubts about references that a spreadsheet took for numbers or days."""
    told = []
    for is_spoilt, doubt in ((is_rounded, reference_rounded), (is_dated, reference_dated)):
        if rows := [row for row, cell in enumerate(column.cells) if is_spoilt(cell)]:
            told.append(doubt(column.name, lines_of(rows, lines), count=len(rows)))
    return told


def _of_what_is_left(document: dict[str, Any], columns: Sequence[Column], said: set[str | None]) -> list[Doubt]:
    """A doubt for each column that says something and that nothing is made of, nor said."""
    used = {name for each in document["columns"].values() for name in ([each] if isinstance(each, str) else each)}
    return [
        column_unused(column.name, filled=column.filled, rows=len(column.cells))
        for column in columns
        if column.filled and column.name not in used | said
    ]
