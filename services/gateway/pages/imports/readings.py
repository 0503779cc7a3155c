"""How a file may be read: as it was tried, as the organisation keeps it under a name, or as it looks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from uuid import UUID

from services.gateway.pages.frame.trying import mark_of
from services.gateway.pages.speech.language import gettext as _

Kept = Mapping[str, Any]
Origin = Literal["tried", "kept", "suggested"]
_KEPT = "kept:"
# A reading of which more is missing is of another kind of file.
_MOST_LACKING = 0.34


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A mapping, the name that it has or is meant for, and where it comes from.

    sure: of what was tried, whether its sender has said that no word in it is about a person.
    """

    document: dict[str, Any]
    name: str
    origin: Origin = "suggested"
    sure: bool = False

    @property
    def mark(self) -> str:
        """What a form, or an address, says to have this one again."""
        return f"{_KEPT}{self.name}" if self.origin == "kept" else self.origin


class Whole(NamedTuple):
    """That a file holds everything its sender has: what becomes of the rest, and of which days."""

    snapshot: str
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A trial: its id, how the file was read in it, as the service has that, and what else the file was said to be."""

    id: UUID
    reading: Reading
    whole: Whole | None

    @property
    def mark(self) -> str:
        """What the button below it says: that this is what is to be read in. By its name a file's rows are known."""
        return mark_of(self.reading.document, self.reading.name, self.whole and list(self.whole))


def reading_of(
    mark: str | None, *, tried: Tried | None, suggestion: Mapping[str, Any], known: Sequence[Kept]
) -> Reading:
    """The reading that a mark means; without one what was tried, or the kept one that fits best, or the suggestion.

    Headings are what it is found by, in whatever order they stand and however many there are besides. Of those that fit
    as well the newest is taken. known: the organisation's mappings, as the service lists them.
    """
    if tried is not None and mark in (None, tried.reading.mark):
        return tried.reading
    newest = sorted(known, key=lambda each: each["changed_at"], reverse=True)
    for each in newest:
        if mark == f"{_KEPT}{each['name']}":
            return Reading(document=each["mapping"], name=each["name"], origin="kept")
    if mark is None and newest:
        lacking = {each["name"]: lacks(each["mapping"], suggestion["header"]) for each in newest}
        best = min(newest, key=lambda each: len(lacking[each["name"]]))
        if len(lacking[best["name"]]) <= _MOST_LACKING * len(columns_in(best["mapping"])):
            return Reading(document=best["mapping"], name=best["name"], origin="kept")
    return Reading(document=suggestion["mapping"], name=_free(known))


def lacks(document: Mapping[str, Any], header: Sequence[str]) -> list[str]:
    """The columns that a mapping asks for and a file does not have."""
    asked = dict.fromkeys([*columns_in(document), *(document.get("identity") or ())])
    return [name for name in asked if name not in header]


def columns_in(document: Mapping[str, Any]) -> list[str]:
    """The columns that a mapping reads, each once."""
    names = [[name] if isinstance(name, str) else name for name in document["columns"].values()]
    return list(dict.fromkeys(name for several in names for name in several))


def _free(known: Sequence[Kept]) -> str:
    """A name that nothing is kept under: going on without a look replaces nothing."""
    taken, new = {each["name"] for each in known}, _("our-list")
    names = [new, *(f"{new}-{number}" for number in range(2, len(taken) + 2))]
    return next(name for name in names if name not in taken)
