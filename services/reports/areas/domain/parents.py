"""Parents that a file names and that are areas in use, or are still to be made of it: by code, or by name. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from services.reports.areas.domain.choosing import Chosen

# So many of the rows have to name an area of the level, that it is the one above them.
_MOST = 0.9
_NAMED_IN_A_NOTE = 10


class InUse(NamedTuple):
    """What names an area in use. level: 0 is the root."""

    code: str
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class Above:
    """The level in use in which areas of a file lie by a property, how much of it that names, and whether by codes."""

    level: int
    share: float
    by_code: bool


def codes_by_name(areas: Iterable[InUse]) -> dict[str, str]:
    """Codes by names, as `named` has those; without names that several areas have."""
    told = [(named(each.name), each.code) for each in areas]
    often = Counter(name for name, _ in told)
    return {name: code for name, code in told if often[name] == 1}


def named(name: str) -> str:
    """A name without what two hands write in two ways: its case, and how wide its spaces are."""
    return " ".join(name.split()).casefold()


def by_name(chosen: Sequence[Chosen], names: Mapping[str, str], *, codes: Iterable[str]) -> list[str]:
    """Have areas lie in the one that they call by its name. Returns those; what is a code, is none."""
    known, found = {*codes}, []
    for each in chosen:
        if each.parent is not None and each.parent not in known and (code := names.get(named(each.parent))):
            each.parent = code
            found.append(each.code or "")
    return found


def above(texts: Sequence[str | None], tree: Sequence[InUse]) -> Above | None:
    """The level below the root whose areas nearly all of these values name, and several of them the same one."""
    filled = [text for text in texts if text]
    if len({*filled}) >= len(filled) or len(filled) < _MOST * len(texts):
        return None
    best: Above | None = None
    for level in sorted({each.level for each in tree} - {0}):
        there = [each for each in tree if each.level == level]
        names, codes = codes_by_name(there), {each.code for each in there}
        for known, by_code in ((codes, True), (names.keys(), False)):
            said = [text if by_code else named(text) for text in filled]
            share = len({*said} & known) / len(there)
            if sum(text in known for text in said) >= _MOST * len(texts) and (best is None or share > best.share):
                best = Above(level, share, by_code)
    return best


def note_on(unknown: Sequence[str], tree: Sequence[InUse]) -> dict[str, Any] | None:
    """What to do about parents that a reading does not find, as a note that repeats none of them; None where unsure."""
    if (found := above(unknown, tree)) is not None:
        codes = [each.code for each in tree if each.level == found.level]
        how = "by their codes" if found.by_code else "by their names"
        detail = f"The parents are areas in use, {how}: read these with `level` {found.level + 1}, below them."
        more = max(0, len(codes) - _NAMED_IN_A_NOTE)
        return {"code": "parents-in-use", "detail": detail, "areas": codes[:_NAMED_IN_A_NOTE], "more": more}
    if unknown and len({*unknown}) * 2 <= len(unknown):
        return {"code": "parents-first", "detail": _FIRST, "areas": []}
    return None


_FIRST = (
    "The property of the parents says the same of several areas, and there are none that it names. Import those first,"
    " of this file: with that property, or the one that has their codes, as `code`, without `parent`, with `merge`."
    " Then send the file again with `level`."
)
