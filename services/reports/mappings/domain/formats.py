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
        raise ValueError(f"No way that dates are read. One of: {', '.join(DATE_FORMS)}, or a format as %d.%m.%Y %H:%M.")
    if "%Z" in form.replace("%%", ""):
        raise ValueError("A format holds no %Z, the name of a zone, which is not read; %z is.")
    try:
        read = datetime.strptime(_PROBE.strftime(form), form)  # noqa: DTZ007
    except (ValueError, re.error):  # of a part that stands in it twice
        detail = "No date is read by this format: it holds parts of strptime, each once, as %d.%m.%Y %H:%M."
        raise ValueError(detail) from None
    if read.date() != _PROBE.date():
        raise ValueError("The format leaves out the day, the month or the year.")
    if "%p" in form.replace("%%", "") and not re.search("%-?[Ir]", form.replace("%%", "")):
        raise ValueError("The format holds %p beside hours of twenty-four, which pass it over; %I and %p go together.")
    if _CLOCK.search(form.replace("%%", "")) and read.hour != _PROBE.hour:
        raise ValueError("The format leaves out the hour, or whether it is before or after noon.")
