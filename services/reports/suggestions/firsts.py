"""What the first date of a file says in each form that reads it, so that a person can choose by it. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from services.reports.mappings.domain.forms import DATE_FORMS, Days, Said, read_in, under_headings
from services.reports.mappings.domain.words import unclocked
from services.reports.suggestions.turned import turned_back, turned_rows


class DateReading(NamedTuple):
    """A form, and the first date of the file by it, as ISO 8601 writes it: a day, a moment, `first/last` of a week.

    A moment is on the municipality's clock, as it is shown once it is stored. None where the form does not read it.
    """

    format: str
    first: str | None


def date_readings(
    document: Mapping[str, Any], cells: Mapping[str, Sequence[str]], *, zone: ZoneInfo
) -> list[DateReading]:
    """The forms of a suggested mapping, then the named ones that read the first date; nothing where there is none.

    Of days that may be turned it is the first of those, and the forms that turn them back stand behind the suggested.
    """
    names = document["columns"].get("occurred_from") or ()
    columns = [names] if isinstance(names, str) else names
    texts = [" ".join(row).strip() for row in zip(*(cells[name] for name in columns), strict=True)]
    given = document["datetime_format"]
    forms = [given] if isinstance(given, str) else list(given)
    if turned := turned_rows(texts, forms):
        forms += [back for form in forms if (back := turned_back(form)) not in forms]
    first = texts[turned[0]] if turned else next(filter(None, texts), None)
    if first is None:
        return []
    tried = (*forms, *(each for each in DATE_FORMS if each not in forms))
    told = [(form, read_in(under_headings((form,), tuple(columns)), first)) for form in tried]
    kept = [(form, _stored(document, said, zone, first)) for form, said in told if said is not None or form in forms]
    return [DateReading(form, _iso(said)) for form, said in kept]


def _stored(document: Mapping[str, Any], said: Said | None, zone: ZoneInfo, text: str) -> Said | None:
    """What is said as the mapping makes it a report's: on the municipality's clock, or the day where that is all."""
    written_in = ZoneInfo(document["time_zone"]) if document.get("time_zone") else zone
    unknown = document.get("midnight") == "unknown"
    if unknown and said is not None and (day := unclocked(said, written_in, text)) is not None:
        return day
    if not isinstance(said, datetime):
        return said
    return said.replace(tzinfo=said.tzinfo or written_in).astimezone(zone)


def _iso(said: Said | None) -> str | None:
    if isinstance(said, Days):
        return f"{said.first}/{said.last}"
    if isinstance(said, datetime):
        return said.isoformat(sep=" ", timespec="seconds")
    return None if said is None else said.isoformat()
