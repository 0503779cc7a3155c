"""When a report happened, from what its sender writes: moments that stand for days, as GET gives them, are days."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from shared.errors import FieldError, Invalid


def begins(said: Mapping[str, Any], *, zone: ZoneInfo) -> datetime | date:
    """When it began: a day where it is said to be of the whole one. Raises Invalid for a day alone that is not."""
    written: datetime | date = said["occurred_from"]
    whole_day = said.get("whole_day")
    if whole_day is False and not isinstance(written, datetime):
        fault = FieldError("/whole_day", "no_time", "Send the time of the day in occurred_from too, or true here.")
        raise Invalid("A date alone is the whole day.", errors=(fault,))
    return _local(written, zone).date() if whole_day and isinstance(written, datetime) else written


def ends(said: Mapping[str, Any], *, zone: ZoneInfo, now: datetime) -> datetime | date | None:
    """When it ended. The midnight at which a day ends that is not over yet is that day: it was sent as one."""
    written: datetime | date | None = said["occurred_to"]
    if isinstance(written, datetime) and (local := _local(written, zone)).time() == time() and local > now:
        return local.date() - timedelta(days=1)
    return written


def _local(written: datetime, zone: ZoneInfo) -> datetime:
    return written.replace(tzinfo=zone) if written.tzinfo is None else written.astimezone(zone)
