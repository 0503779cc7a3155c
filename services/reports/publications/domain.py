"""When a publication is due, and which units of days there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from shared.cycles import cycle_of

# Reports of the past are published for the first time when none has come for so long, or has been here for that long:
# a history that is just being read in is told whole.
QUIET = timedelta(seconds=10)
PATIENCE = timedelta(hours=1)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Units of `days` days, one after the other for ever; `start` is the first day of any of them."""

    start: date
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """The last publication: its number, and the last day that it counts."""

    number: int
    through: date


def unit_of(day: date, calendar: Calendar) -> date:
    """The first day of the unit that holds a day."""
    return cycle_of(day, start=calendar.start, days=calendar.days).first


def due(last: Last | None, *, today: date, calendar: Calendar) -> date | None:
    """The last day that a publication would count, if one is due: when the unit's last local day is over.

    Several units that were over while no process lived are published at once.
    """
    through = unit_of(today, calendar) - _ONE_DAY
    return through if last is None or last.through < through else None


def around(codes: Iterable[str], parents: Mapping[str, str | None]) -> dict[str, str | None]:
    """The parents of some areas and of all around them."""
    found: dict[str, str | None] = {}
    for each in codes:
        code: str | None = each
        while code is not None and code not in found:
            found[code] = parents.get(code)
            code = found[code]
    return found
