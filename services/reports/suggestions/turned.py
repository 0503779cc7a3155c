"""Days that a spreadsheet turned: typed in another order than its own, it takes the 3rd of April for the 4th of March.

What it could not take for a day, for there is no month of that number, it left as a text. So such a column has days
with the year first, none after the 12th, beside texts in another order that are all after it. Pure.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime

from services.reports.mappings.domain.forms import read_in

_YEAR_FIRST = re.compile(r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?![0-9])")
_YEAR_LAST = re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})(?![0-9])")
_MONTHS = 12
# So many different days, none after the 12th, are no coincidence: one time in a hundred.
_MANY_DAYS = 5
_SWAPPED = {"%m": "%d", "%d": "%m"}


def turned_rows(texts: Sequence[str], formats: Sequence[str]) -> list[int]:
    """The rows, from 0, whose day and month may have been turned; none where nothing speaks for it."""
    read = [(at, text, day) for at, text in enumerate(texts) if text and (day := _day(text, formats)) is not None]
    first = [(at, day) for at, text, day in read if _YEAR_FIRST.match(text)]
    left = [day for _, text, day in read if _YEAR_LAST.match(text)]
    if not any(day.day > _MONTHS for day in left) or any(day.day > _MONTHS for _, day in first):
        return []
    if any(day.day <= _MONTHS for day in left) and len({day for _, day in first}) < _MANY_DAYS:
        return []
    return [at for at, day in first if day.day != day.month]


def turned_back(form: str) -> str:
    """The form that reads what another does as it was before it was turned; other forms as they are."""
    return re.sub("%[md]", lambda part: _SWAPPED[part[0]], form) if form.startswith("%Y") else form


def _day(text: str, formats: Sequence[str]) -> date | None:
    said = read_in(formats, text)
    return said.date() if isinstance(said, datetime) else said if isinstance(said, date) else None
