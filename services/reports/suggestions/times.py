"""What a suggested mapping says of the time, and what is doubtful in that: columns, their forms, their clock. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from services.reports.suggestions.choosing import Chosen
from services.reports.suggestions.clocks import Times, times_of
from services.reports.suggestions.contents import Column
from services.reports.suggestions.doubts import (
    Doubt,
    dates_beyond,
    dates_missing,
    dates_unread,
    days_turned,
    field_unsure,
    lines_of,
    midnight_often,
    offset_odd,
    same_clock,
    zone_named,
    zone_unsure,
)
from services.reports.suggestions.forms import are_dated
from services.reports.suggestions.headings import TIMES, is_of_no_field, is_of_report, roles_of
from services.reports.suggestions.periods import Parts, no_day_in, parts_in, weeks_in
from services.reports.suggestions.zones import clock_of, zone_in

_USUAL = "%Y-%m-%d %H:%M"


def tell_times(
    document: dict[str, Any],
    columns: Sequence[Column],
    chosen: Chosen,
    *,
    lines: Sequence[int] = (),
    zone: ZoneInfo,
    today: date,
) -> list[Doubt]:
    """Put the times of these columns into a mapping's document; what is doubtful about them.

    lines: of the rows, where they are known. zone: the municipality's. today: on its clock; what is to come was not
    meant.
    """
    named = {field: _called(columns, field) for field in TIMES}
    dated = [column.name for column in columns if are_dated(column.cells)]
    called = {name for names in named.values() for name in names}
    strangers = [name for name in dated if name not in called and not is_of_no_field(name)]
    if not called & set(dated):
        named["occurred_from"] += strangers
    none = {column.name for column in columns if is_of_no_field(column.name)}
    times = times_of(
        {column.name: column.cells for column in columns},
        named=named,
        taken=none | {column.name for column in chosen.columns.values()},
        reported=[column.name for column in columns if is_of_report(column.name)],
        today=today,
    )
    parted = _of_parts(times, columns, dated=bool(dated))
    if parted is not times:
        times, called = parted, called | set(parted.columns["occurred_from"])
    document["columns"] |= {
        field: list(names) if len(names) > 1 else names[0] for field, names in times.columns.items()
    }
    document["datetime_format"] = list(times.formats) if len(times.formats) > 1 else times.formats[0]
    of_clock = _tell_clock(document, times, zone)
    told_otherwise = {column.name for field, column in chosen.columns.items() if field not in ("x", "y")}
    of_choice = _of_choice(times, columns, called, strangers)
    turned = [days_turned(column, lines_of(rows, lines)) for column, rows in times.turned.items()]
    return [*_of_times(times, columns, told_otherwise, lines), *turned, *of_clock, *of_choice]


def _of_parts(times: Times, columns: Sequence[Column], *, dated: bool) -> Times:
    """These times, or those of columns that tell weeks or the parts of a day. dated: a column has whole days."""
    weeks, no_weeks = weeks_in(columns) if "occurred_from" not in times.columns else ((), [])
    parts = Parts(weeks, ("week",), no_weeks) if weeks else None if dated else parts_in(columns)
    if parts is None:
        return times
    unread = {"occurred_from": parts.unread} if parts.unread else {}
    left = tuple(name for name in times.unused if name not in parts.columns)
    whole = {"occurred_from": parts.columns}
    return replace(times, columns=whole, formats=parts.formats, unread=unread, begins=(), unused=left, missing=[])


def _called(columns: Sequence[Column], field: str) -> list[str]:
    """The columns that are called so: by their rank, then in the order of the file."""
    found = [(role.rank, column.name) for column in columns for role in roles_of(column.name) if role.field == field]
    return [name for _, name in sorted(found, key=lambda each: each[0])]


def _tell_clock(document: dict[str, Any], times: Times, zone: ZoneInfo) -> list[Doubt]:
    """On which clock the moments stand, and which of them are none."""
    begin = times.columns.get("occurred_from")
    if begin is None:
        return []
    doubts = []
    clock = clock_of(times.begins, times.formats, zone=zone)
    if clock.odd:
        document["datetime_format"] = next((form for form in times.formats if "%z" not in form), _USUAL)
        doubts.append(offset_odd(begin[-1]))
    headings = [" ".join(names) for names in times.columns.values()]
    named = zone_in(headings, times.begins, times.formats, zone=zone) if clock.local else None
    if named == "UTC":
        document["time_zone"] = named
        doubts.append(zone_named(begin[-1], named))
    elif named is not None or (clock.misnamed and not clock.odd):
        doubts.append(zone_unsure(begin[-1]))
    if clock.unknown_at_midnight:
        document["midnight"] = "unknown"
        doubts.append(midnight_often(begin[-1], clock.midnights, of=clock.clocked))
    elif clock.same is not None:
        doubts.append(same_clock(begin[-1]))
    return doubts


def _of_times(times: Times, columns: Sequence[Column], told_otherwise: set[str], lines: Sequence[int]) -> list[Doubt]:
    doubts = []
    begin = times.columns.get("occurred_from")
    if begin is None:
        doubts.append(_of_no_date(columns))
    elif times.unread and times.formats != ("week",) and (told := _of_months(columns, begin)) is not None:
        doubts.append(told)
    else:
        doubts += _of_cells(times, lines)
    if begin is not None and times.either:
        detail = f"Day, month and year cannot be told apart in {begin[0]!r}. Look at datetime_format."
        doubts.append(Doubt("day_month_order", detail, begin[0], "occurred_from"))
    for column in (name for name in times.unused if name not in told_otherwise):
        said = f"Times of day in {column!r} are not used: join them to a day in occurred_from or occurred_to."
        doubts.append(Doubt("clock_unused", said, column))
    return doubts


def _of_cells(times: Times, lines: Sequence[int]) -> list[Doubt]:
    """Which dates could not be read, cannot have been, or are not there."""
    names = {field: " + ".join(columns) for field, columns in times.columns.items()}
    doubts = [dates_unread(names[field], lines_of(rows, lines), field=field) for field, rows in times.unread.items()]
    doubts += [dates_beyond(names[field], lines_of(rows, lines), field=field) for field, rows in times.beyond.items()]
    if times.missing:
        doubts.append(dates_missing(times.columns["occurred_from"][0], lines_of(times.missing, lines)))
    return doubts


def _of_no_date(columns: Sequence[Column]) -> Doubt:
    none = Doubt("no_date", "No column looks like a date: choose occurred_from.", None, "occurred_from")
    return _of_months(columns) or none


def _of_months(columns: Sequence[Column], among: Sequence[str] | None = None) -> Doubt | None:
    """That a column tells months or years alone; among: asked of these columns alone."""
    name = no_day_in([column for column in columns if among is None or column.name in among])
    if name is None:
        return None
    detail = f"Column {name!r} tells months or years alone. A report needs a day, or the week of a year."
    return Doubt("no_day", detail, name, "occurred_from")


def _of_choice(times: Times, columns: Sequence[Column], called: set[str], strangers: Sequence[str]) -> list[Doubt]:
    """What is doubtful about the columns that were taken: a name that does not say so, or another that may be meant."""
    roles = {column.name: role for column in columns for role in roles_of(column.name)}
    doubts = []
    for field, names in times.columns.items():
        for name in dict.fromkeys(names):
            if name not in called:
                doubts.append(field_unsure(field, name, why="its heading does not say so, but what stands in it."))
            elif name in roles and not roles[name].sure:
                doubts.append(field_unsure(field, name, why="a part of its heading says so."))
    begin = times.columns.get("occurred_from", ("",))[0]
    rival = next((name for name in strangers if begin in called and roles[begin].rank > 1), None)
    if rival is not None:
        doubts.append(field_unsure("occurred_from", begin, why=f"column {rival!r} may be it as well."))
    elif is_of_report(begin):
        detail = f"Column {begin!r} tells when it was reported, which may be later than it happened."
        doubts.append(Doubt("when_reported", detail, begin, "occurred_from"))
    return doubts
