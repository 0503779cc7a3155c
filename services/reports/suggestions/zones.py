"""On which clock a file's times stand, and whether what stands there is a time of day at all. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from services.reports.mappings.domain.forms import Said, read_in
from services.reports.mappings.domain.names import ZONES
from services.reports.mappings.domain.written import is_end_of_day, zone_of
from services.reports.suggestions.folding import words_of_name

_UTC = re.compile(r"^(?:utc|gmt)|(?:utc|gmt|zulu)$")
# By what heading the clock is that of the winter or of the summer all year; `lokal tid` says nothing new.
_WINTER, _SUMMER = frozenset({"normaltid", "vintertid", "normalzeit"}), frozenset({"sommartid", "sommerzeit"})
_SHIFTED = re.compile(r"(?:utc|gmt)\s*[+\-−]\s*\d", re.IGNORECASE)
# So many rows at exactly midnight, and such a share of those with a clock, are no coincidence: of what is rounded to
# half hours it is one in 48.
_FEWEST, _SHARE = 3, 0.2


class Clock(NamedTuple):
    """What rows say of the clock. odd: offsets that nobody has here, as a second clock looks like one.

    local: some moments have no offset. misnamed: some name a zone that is not that of their day here, nor UTC: CET in
    July, which may be meant. midnights: of `clocked` moments so many are at 00:00. same: the one time of day
    of all rows, where there is one.
    """

    odd: bool
    local: bool
    midnights: int
    clocked: int
    same: time | None
    misnamed: bool = False

    @property
    def unknown_at_midnight(self) -> bool:
        """Whether 00:00 stands where nobody knows the time."""
        return self.midnights >= max(_FEWEST, _SHARE * self.clocked)


def zone_in(
    names: Collection[str], texts: Sequence[str], formats: Sequence[str], *, zone: ZoneInfo
) -> Literal["UTC", "unsure"] | None:
    """What the names of columns of times say of the clock of these texts.

    unsure: some say UTC and some do not, or they name hours that are not those of all days here. zone: the
    municipality's.
    """
    said = [_offsets_in(name, zone) for name in names]
    if not any(said) and not any(map(_SHIFTED.search, names)):
        return None
    if any(map(_SHIFTED.search, names)):
        return "unsure"
    if all(offsets == {timedelta()} for offsets in said):
        return "UTC"
    moments = (found for text in texts if isinstance(found := read_in(formats, text), datetime) and not found.tzinfo)
    here = {moment.replace(tzinfo=zone).utcoffset() for moment in moments}
    return None if all(not offsets or here <= offsets for offsets in said) else "unsure"


def _offsets_in(name: str, zone: ZoneInfo) -> set[timedelta]:
    """The offsets from UTC that a name says."""
    words = set(words_of_name(name))
    found = {timedelta(hours=ZONES[word]) for word in words & ZONES.keys()}
    winter, summer = sorted(_offsets_of(zone))
    return (
        found
        | {timedelta() for word in words if _UTC.search(word)}
        | ({winter} if words & _WINTER else set())
        | ({summer} if words & _SUMMER else set())
    )


def _offsets_of(zone: ZoneInfo, year: int = 2026) -> list[timedelta]:
    """Those of a zone in winter and in summer."""
    return [datetime(year, month, 1, tzinfo=UTC).astimezone(zone).utcoffset() or timedelta() for month in (1, 7)]


def clock_of(texts: Sequence[str], formats: Sequence[str], *, zone: ZoneInfo) -> Clock:
    """What these texts say by these formats. zone: the municipality's."""
    moments = [said for text in texts if isinstance(said := read_in(formats, text), datetime)]
    clocks = Counter((moment.astimezone(zone) if moment.tzinfo else moment).time() for moment in moments)
    ends = sum(map(is_end_of_day, texts))
    alone = len(clocks) == 1 and clocks.total() >= _FEWEST
    return Clock(
        odd=any(_is_odd(moment, zone) for moment in moments),
        local=any(moment.tzinfo is None for moment in moments),
        midnights=clocks[time()] - ends,
        clocked=clocks.total(),
        same=next(iter(clocks)) if alone else None,
        misnamed=any(_is_misnamed(text, formats, zone) for text in texts),
    )


def _is_odd(said: Said, zone: ZoneInfo) -> bool:
    """Whether a moment's offset is neither the municipality's, in winter or in summer, nor UTC."""
    if not isinstance(said, datetime) or said.tzinfo is None:
        return False
    return said.utcoffset() not in {*_offsets_of(zone, said.year), timedelta()}


def _is_misnamed(text: str, formats: Sequence[str], zone: ZoneInfo) -> bool:
    """Whether a zone stands behind a clock by its letters that is not the one of here on that day, nor UTC."""
    if zone_of(text) is None or not isinstance(said := read_in(formats, text), datetime) or not said.utcoffset():
        return False
    return said.utcoffset() != said.astimezone(zone).utcoffset()
