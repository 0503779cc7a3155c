"""One level of a file put into the tree in use: levels above stay, those below as far as their parents do. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.reports.areas.domain import shaping
from services.reports.areas.domain.choosing import Chosen, Reading
from services.reports.areas.domain.parents import InUse, by_name, codes_by_name
from services.reports.areas.domain.shaping import Shaped, There
from shared.errors import FieldError


@dataclass(frozen=True, slots=True)
class Kept:
    """An area of the tree that is there, in longitude and latitude. level: 0 is the root."""

    code: str
    parent: str | None
    level: int
    shape: Any
    name: str = ""


def put_onto(
    shaped: Shaped, chosen: Sequence[Chosen], reading: Reading, there: Sequence[Kept], *, crs: str
) -> list[str]:
    """Put the areas into the tree that is there, as its level `reading.level`; what lies below them stays with them.

    Returns those that call their parents by name.
    """
    assert reading.level is not None  # noqa: S101 - asked by the caller
    above = [each for each in there if each.level < reading.level]
    if not any(each.level == reading.level - 1 for each in above):
        detail = f"There is no level {reading.level - 1} in the tree, for areas of level {reading.level} to lie in."
        shaped.faults.append(FieldError("/level", "no-such-level", detail))
    codes = set(shaped.areas)
    below = [each for each in there if each.level > reading.level and _rests_on(each, there, reading.level, codes)]
    for each in above:
        if each.code in codes:
            detail = "An area of a level above, which stays, has the same code."
            shaped.faults.append(shaped.areas[each.code].error("code", "duplicate", detail))
    staying = [*above, *(each for each in below if each.code not in codes)]
    drawings = list(shaping.as_drawn([each.shape for each in staying], crs=crs)) if staying else []
    whole = {
        each.code: There(each.code, each.parent, each.level + 1, shape)
        for each, shape in zip(staying, drawings, strict=True)
    }
    shaped.there = {code: each for code, each in whole.items() if each.depth == reading.level}
    if reading.parent_from == "place" and shaped.there:
        with_shape = {code: area for code, area in shaped.areas.items() if code in shaped.shapes}
        some = replace(shaped, areas=with_shape)
        shaping.by_place(some)
    names = codes_by_name(InUse(each.code, each.name, each.level) for each in above if each.code in shaped.there)
    called = by_name(chosen, names, codes=[*codes, *shaped.there])
    shaping.hang(shaped, chosen)
    shaped.there = whole
    return called


def _rests_on(each: Kept, there: Sequence[Kept], level: int, codes: set[str]) -> bool:
    """Whether the way up from an area leads to one that comes at this level."""
    known = {other.code: other for other in there}
    found: Kept | None = each
    while found is not None and found.level > level:
        found = known.get(found.parent or "")
    return found is not None and found.code in codes
