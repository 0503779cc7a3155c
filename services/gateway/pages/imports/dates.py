"""How dates are written, as somebody chooses it: by an example, with the file's own first date read back."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from services.gateway.pages.speech import saying
from services.gateway.pages.speech.language import Texts, marked

# A field of the form holds all forms of a mapping.
BETWEEN = " | "
OTHER = "other"
USUAL = "ymd"
# The moment of all examples.
_EXAMPLE = datetime(2026, 11, 20, 21, 30)  # noqa: DTZ001 - on nobody's clock
NAMED = Texts(
    {
        "ymd": marked("2026-11-20 21:30 (year-month-day)"),
        "dmy": marked("20.11.2026 21:30 (day-month-year)"),
        "mdy": marked("11/20/2026 9:30 PM (month-day-year)"),
        "iso": marked("2026-11-20T21:30:00+01:00 (ISO 8601)"),
        "week": marked("2026-W47 (a week, without a day)"),
        "excel": marked("46346.8958 (days as Excel counts them)"),
        "unix_s": marked("1795206600 (seconds since 1970)"),
        "unix_ms": marked("1795206600000 (milliseconds since 1970)"),
    }
)
_ORDERS = Texts(
    {
        "ymd": marked("year-month-day"),
        "dmy": marked("day-month-year"),
        "mdy": marked("month-day-year"),
        "ydm": marked("day and month were turned"),
    }
)


class Choice(NamedTuple):
    """A form to choose: what the field then holds, how it looks, what the first date of the file says by it."""

    value: str
    example: str
    first: str | None


def choices_of(document: Mapping[str, Any], dates: Sequence[Mapping[str, Any]], *, zone: ZoneInfo) -> list[Choice]:
    """The forms of a mapping, then those that are named. dates: what the service reads of the file's first date.

    Where the service reads it by a form with day and month turned, the mapping's forms with that one come second.
    zone: the municipality's, on whose clock the date is kept.
    """
    written_in = ZoneInfo(document["time_zone"]) if document.get("time_zone") else zone
    said = {each["format"]: each["first"] for each in dates}
    given = forms_of(document)
    first = next((said[form] for form in given if said.get(form)), None)

    def kept(first: str | None) -> str | None:
        return _said(first, written_in=written_in, zone=zone)

    known = [Choice(BETWEEN.join(given), " / ".join(map(_example, given)), kept(first))] if given else []
    if turned := {_turned(form): form for form in said if form not in (*given, *NAMED)}:
        forms = [turned.get(form, form) for form in given]
        back = next((said[form] for form in forms if form in turned.values()), None)
        known.append(Choice(BETWEEN.join(forms), " / ".join(map(_example, forms)), kept(back)))
    return known + [Choice(form, text, kept(said.get(form))) for form, text in NAMED.items() if [form] != given]


def forms_of(document: Mapping[str, Any]) -> list[str]:
    """The forms of a mapping, one behind the other."""
    forms = document.get("datetime_format") or []
    return [forms] if isinstance(forms, str) else list(forms)


def chosen_forms(base: Mapping[str, Any], sent: Mapping[str, str]) -> Any:
    """The forms that were chosen or, under "other", written; as they were where nothing was changed."""
    wanted = sent.get("datetime_format", "").strip()
    if wanted == OTHER:
        wanted = sent.get("datetime_other", "").strip()
    if wanted and wanted == BETWEEN.join(forms_of(base)):
        return base["datetime_format"]
    several = [each for part in wanted.split(BETWEEN.strip()) if (each := part.strip())]
    return several if len(several) > 1 else wanted or USUAL


def _example(form: str) -> str:
    """How a form looks, with the order of its parts where numbers do not show it."""
    if form in NAMED:
        return NAMED[form]
    order = "".join(_letters(form))
    try:
        shown = _EXAMPLE.replace(tzinfo=UTC).strftime(form)
    except ValueError:  # written by hand, and no form: the service says so
        return form
    return f"{shown} ({_ORDERS[order]})" if order in _ORDERS else shown


def _turned(form: str) -> str:
    """The same form with day and month in each other's place."""
    return re.sub("%[md]", lambda part: "%d" if part[0] == "%m" else "%m", form)


def _letters(form: str) -> Iterator[str]:
    for letter in re.findall(r"%-?([YymbBd])", form):
        yield letter.lower().replace("b", "m")


def _said(first: str | None, *, written_in: ZoneInfo, zone: ZoneInfo) -> str | None:
    """Friday 20 November 2026 at 21:30, as it is kept; a day alone without a clock, a week as its days."""
    if first is None:
        return None
    if "/" in first:
        begin, end = map(date.fromisoformat, first.split("/"))
        return saying.span(begin, end)
    if " " not in first:
        return _day(date.fromisoformat(first))
    moment = datetime.fromisoformat(first)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=written_in)
    return saying.day_at_clock(_day(moment.astimezone(zone).date()), moment, zone=zone)


def _day(value: date) -> str:
    # With the year in any case: a wrong order of parts shows in it.
    return saying.weekday(value, today=date.min)
