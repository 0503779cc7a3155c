"""What the first date of a file says in each form that reads it, so that a person can choose by it. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.reports.mappings.domain.forms import DATE_FORMS, Days, Said, read_in


class DateReading(NamedTuple):
    """A form, and the first date of the file by it, as ISO 8601 writes it: a day, a moment, `first/last` of a week.

    A moment without an offset is on the clock of whoever wrote it. None where the form does not read it.
    """

    format: str
    first: str | None


def date_readings(document: Mapping[str, Any], cells: Mapping[str, Sequence[str]]) -> list[DateReading]:
    """The forms of a suggested mapping, then the named ones that read the first date; nothing where there is none."""
    names = document["columns"].get("occurred_from") or ()
    columns = [names] if isinstance(names, str) else names
    texts = (" ".join(row).strip() for row in zip(*(cells[name] for name in columns), strict=True))
    first = next(filter(None, texts), None)
    if first is None:
        return []
    given = document["datetime_format"]
    forms = [given] if isinstance(given, str) else list(given)
    told = [(form, read_in((form,), first)) for form in (*forms, *(each for each in DATE_FORMS if each not in forms))]
    return [DateReading(form, _iso(said)) for form, said in told if said is not None or form in forms]


def _iso(said: Said | None) -> str | None:
    if isinstance(said, Days):
        return f"{said.first}/{said.last}"
    if isinstance(said, datetime):
        return said.isoformat(sep=" ", timespec="seconds")
    return None if said is None else said.isoformat()
