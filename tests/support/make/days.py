"""Days as the municipality of the tests counts them: late in the evening of UTC it is tomorrow there."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Stockholm")


def today() -> date:
    """The day it is there now."""
    return datetime.now(ZONE).date()
