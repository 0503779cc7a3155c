"""What a format of strptime must hold, so that a moment is read by it as it was written."""

import re
from datetime import UTC, datetime

from services.reports.mappings.domain.forms import DATE_FORMS

_CLOCK = re.compile("%-?[HIMSfpXcTRr]")
# A moment whose parts all differ, so that a format that mixes them up or leaves one out shows.
_PROBE = datetime(2031, 4, 25, 13, 47, tzinfo=UTC)


def check_format(form: str) -> None:
    """Raise ValueError unless a format reads whole dates, and a clock whole where it reads one."""
    if "%" not in form:
        raise ValueError(f"is no way that dates are read: one of {', '.join(DATE_FORMS)}, or a format of strptime")
    if "%Z" in form.replace("%%", ""):
        raise ValueError("holds %Z, the name of a zone, which is not read; %z is")
    try:
        read = datetime.strptime(_PROBE.strftime(form), form)  # noqa: DTZ007
    except (ValueError, re.error):  # of a part that stands in it twice
        raise ValueError("cannot be read back; see Python's strptime for what a format may hold") from None
    if read.date() != _PROBE.date():
        raise ValueError("leaves out the day, the month or the year")
    if "%p" in form.replace("%%", "") and not re.search("%-?[Ir]", form.replace("%%", "")):
        raise ValueError("holds %p beside hours of twenty-four, which passes it over; %I and %p go together")
    if _CLOCK.search(form.replace("%%", "")) and read.hour != _PROBE.hour:
        raise ValueError("leaves out the hour, or whether it is before or after noon")
