"""On which clock a file's times stand, and whether what stands there is a time of day at all. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from services.reports.mappings.domain.forms import Said, read_in
from services.reports.suggestions.folding import words_of_name

_UTC = re.compile(r"^(?:utc|gmt)|(?:utc|gmt|zulu)$")
_SHIFTED = re.compile(r"(?:utc|gmt)\s*[+\-−]\s*\d", re.IGNORECASE)
# So many rows at exactly midnight, and such a share of those with a clock, are no coincidence: of what is rounded to
# half hours it is one in 48.
_FEWEST, _SHARE = 3, 0.2


class Clock(NamedTuple):
    """What rows say of the clock. odd: offsets that nobody has here, as a second clock looks like one.

    local: some moments have no offset. midnights: of `clocked` moments so many are at 00:00. same: the one time of day
    of all rows, where there is one.
    """

    odd: bool
    local: bool
    midnights: int
    clocked: int
    same: time | None

    @property
    def unknown_at_midnight(self) -> bool:
        """Whether 00:00 stands where nobody knows the time."""
        return self.midnights >= max(_FEWEST, _SHARE * self.clocked)


def zone_in(names: Collection[str]) -> Literal["UTC", "unsure"] | None:
    """What the names of columns of times say of their clock. unsure: some say so, or with hours more or less."""
    said = [any(map(_UTC.search, words_of_name(name))) for name in names]
    if not any(said):
        return None
    return "unsure" if any(map(_SHIFTED.search, names)) or not all(said) else "UTC"


def clock_of(texts: Sequence[str], formats: Sequence[str], *, zone: ZoneInfo) -> Clock:
    """What these texts say by these formats. zone: the municipality's."""
    moments = [said for text in texts if isinstance(said := read_in(formats, text), datetime)]
    clocks = Counter((moment.astimezone(zone) if moment.tzinfo else moment).time() for moment in moments)
    alone = len(clocks) == 1 and clocks.total() >= _FEWEST
    return Clock(
        odd=any(_is_odd(moment, zone) for moment in moments),
        local=any(moment.tzinfo is None for moment in moments),
        midnights=clocks[time()],
        clocked=clocks.total(),
        same=next(iter(clocks)) if alone else None,
    )


def _is_odd(said: Said, zone: ZoneInfo) -> bool:
    """Whether a moment's offset is neither the municipality's, in winter or in summer, nor UTC."""
    if not isinstance(said, datetime) or said.tzinfo is None:
        return False
    known = {datetime(said.year, month, 1, tzinfo=UTC).astimezone(zone).utcoffset() for month in (1, 7)}
    return said.utcoffset() not in {*known, timedelta()}
