"""Days and times as callers write them: RFC 3339, as text.

Pydantic also reads numbers, and digits alone, as seconds or milliseconds since 1970, and guesses which: `0` would be a
day of 1970, and a year without its month some minutes of it.
"""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator

_BEGINS = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def written(value: object) -> object:
    """Let through text that begins as a day does, nothing, and what is a day or time already. Raises ValueError."""
    if value is None or isinstance(value, date) or (isinstance(value, str) and _BEGINS.match(value)):
        return value
    raise ValueError("Write a day as 2026-11-20, and a time as 2026-11-20T16:30:00+01:00.")


Day = Annotated[date, BeforeValidator(written)]
Moment = Annotated[datetime, BeforeValidator(written)]
