"""Which field a column is, by what it is called: the words of its name are looked up, and what they say together.

A name all of whose words are known is sure; of one with others the rest is a guess, for a person to look at.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from services.reports.suggestions.compounds import Vocabulary
from services.reports.suggestions.folding import words_of, words_of_name

# What a name says with all its words, those of `_QUIET` apart -> the fields that are called so, the likeliest first.
_FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("id", ("external_reference",)),
    ("case id", ("external_reference",)),
    ("event id", ("external_reference",)),
    ("case event id", ("external_reference",)),
    ("case", ("external_reference",)),
    ("case event", ("external_reference",)),
    ("type", ("category",)),
    ("event type", ("category",)),
    ("case type", ("category",)),
    ("main type", ("category",)),
    ("case main type", ("category",)),
    ("event", ("category", "text")),
    ("title type", ("category",)),
    ("title", ("category", "text")),
    ("what", ("category", "text")),
    ("what event", ("category", "text")),
    ("sub", ("subcategory",)),
    ("sub type", ("subcategory",)),
    ("case sub type", ("subcategory",)),
    ("part", ("subcategory", "text")),
    ("lon", ("x",)),
    ("event lon", ("x",)),
    ("place lon", ("x",)),
    ("east", ("x",)),
    ("x", ("x",)),
    ("east x", ("x",)),
    ("lat", ("y",)),
    ("event lat", ("y",)),
    ("place lat", ("y",)),
    ("north", ("y",)),
    ("y", ("y",)),
    ("north y", ("y",)),
    ("point", ("point",)),
    ("place point", ("point",)),
    *((f"point {of}", ("x",)) for of in ("x", "east", "lon")),
    *((f"point {of}", ("y",)) for of in ("y", "north", "lat")),
    ("system", ("point",)),
    ("area", ("place_code",)),
    ("area code", ("place_code",)),
    ("place", ("place",)),
    ("place code", ("place",)),
    ("event area", ("place_code",)),
    ("event place", ("place",)),
    ("area place", ("place_code",)),
    ("kind", ("location_kind",)),
    ("kind type", ("location_kind",)),
    ("place type", ("location_kind",)),
    ("thing type", ("location_kind",)),
    ("severity", ("severity",)),
    ("severity level", ("severity",)),
    ("level", ("severity",)),
    ("how severity", ("severity",)),
    ("event severity", ("severity",)),
    ("case severity", ("severity",)),
    ("text", ("text",)),
    ("event text", ("text",)),
    ("case text", ("text",)),
    ("saw", ("text",)),
    ("what saw", ("text",)),
)
_BY_WORDS = {frozenset(words.split()): fields for words, fields in _FIELDS}
_QUIET = frozenset({"fill", "system"})
# When it was is told in more ways than can be listed: any of these together.
_OF_TIMES = frozenset({"date", "time", "clock", "moment", "from", "to", "in", "then", "event", "case", "fill"})
_TELLS_TIME = frozenset({"date", "time", "clock", "moment", "from", "to", "in", "then"})
_ASIDE = re.compile(r"\([^)]*\)|\[[^]]*\]")
# Nothing of a report, and weeks, months and years, which `periods` looks at.
_OF_NO_FIELD = frozenset({"other", "done", "week", "month", "year"})
# When it was said: of an event only where the name says that too.
_OF_REPORTS = frozenset({"in", "case"})
TIMES = ("occurred_from", "time", "occurred_to", "time_to")


class Role(NamedTuple):
    """A field that a column may be. rank: the lower, the likelier; sure: every word of the name was known.

    field: also `time` and `time_to` for a clock, and `place` for what is an area only where an area is called so.
    """

    field: str
    rank: int
    sure: bool


def roles_of(name: str) -> tuple[Role, ...]:
    """The fields that a column of this name may be, the likeliest first; none where the name says nothing."""
    return _roles(words_of_name(_ASIDE.sub(" ", name)) or words_of(name))


def is_of_time(name: str) -> bool | None:
    """Whether the name is that of a time; None where it says nothing."""
    roles = roles_of(name)
    return any(role.field in TIMES for role in roles) if roles else None


def is_of_no_field(name: str) -> bool:
    """Whether the name says that the column is something that no report has: a status, a cost, an address."""
    return says(name, *_OF_NO_FIELD)


def is_of_report(name: str) -> bool:
    """Whether the name says that this is when it was reported or registered, and not when it happened."""
    return is_of_time(name) is True and says(name, *_OF_REPORTS) and not says(name, "event", "then")


def says(name: str, *meanings: str) -> bool:
    """Whether a word of the name has one of these meanings."""
    return not _said(words_of_name(_ASIDE.sub(" ", name)))[0].isdisjoint(meanings)


@lru_cache(maxsize=4096)
def _roles(words: tuple[str, ...]) -> tuple[Role, ...]:
    said, sure = _said(words)
    if _OF_NO_FIELD & said or not said:
        return ()
    if said & _TELLS_TIME and said <= _OF_TIMES:
        return (_of_time(said, sure),)
    # A system alone is what stands in the column: "SWEREF 99 TM".
    wanted = said - _QUIET or said & {"system"}
    if not sure:
        # What nobody knows in it may be what it is about: "Kundens ärendenummer".
        wanted = next((each for each in (wanted, wanted - {"event"}) if each in _BY_WORDS), wanted)
    # Of two names of one field the plainer one is meant; a case has more names than an event.
    fields = _BY_WORDS.get(wanted, ())
    rank = len(wanted) + 2 * (len(fields) > 1) + 4 * (not sure) - 2 * bool({"lon", "lat"} & wanted)
    return tuple(Role(field, rank + 2 * at, sure) for at, field in enumerate(fields))


def _of_time(said: frozenset[str], sure: bool) -> Role:
    """Begin or end, a clock or more. When it happened goes before when it was said, whatever else there is."""
    clock = "clock" in said and not said & {"date", "moment"}
    field = ("time_to" if clock else "occurred_to") if "to" in said else ("time" if clock else "occurred_from")
    rank = 0 if {"event", "then"} & said else 2 if said & {"in", "case"} else 1
    return Role(field, rank + 4 * (not sure), sure)


def _said(words: tuple[str, ...]) -> tuple[frozenset[str], bool]:
    """What the words of a name mean, and whether all of them mean something; digits mean nothing either way."""
    pieces = _vocabulary().read(tuple(word for word in words if not word.isdigit()))
    return frozenset(each.means for each in pieces if each.means), all(each.means for each in pieces)


@cache
def _vocabulary() -> Vocabulary[str]:
    text = (files(__package__) / "headings.toml").read_text(encoding="utf-8")
    meanings: Mapping[str, str] = tomllib.loads(text)
    return Vocabulary({words_of(word): meaning for meaning, words in meanings.items() for word in words.split()})
