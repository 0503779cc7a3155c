"""The municipality's areas as a tree. Their shapes are carried and never looked at: no geometry is needed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from shared.texts import plain

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Place:
    """An area with its shape in the municipality's projected system, metres. `path`: codes from the root to itself.

    Compared by identity, for what is drawn of it is kept as long as it is.
    """

    code: str
    name: str
    level: int
    path: tuple[str, ...]
    shape: BaseGeometry | None


def leaves(places: Mapping[str, Place], *, within: str | None) -> list[Place]:
    """The areas that hold no others, in one area or everywhere: together they tile the ground without overlap."""
    parents = {place.path[-2] for place in places.values() if len(place.path) > 1}
    return [
        place
        for place in places.values()
        if place.code not in parents and (within is None or within in place.path) and place.shape is not None
    ]


def by_parent(places: Mapping[str, Place]) -> dict[str | None, list[Place]]:
    """The areas directly in each area, by its code and in order of their codes; under None those in no known one."""
    inside: dict[str | None, list[Place]] = {}
    for place in sorted(places.values(), key=lambda each: each.code):
        parent = place.path[-2] if len(place.path) > 1 else None
        inside.setdefault(parent if parent in places else None, []).append(place)
    return inside


def code_of(places: Mapping[str, Place], written: str) -> str | None:
    """The code of an area that there is, as an address has it: in any form of its accents, escaped once too often too.

    None where there is no such area.
    """
    while written not in places:
        # Each round takes signs away until there is nothing to unescape: it ends.
        if (meant := plain(unquote(written))) == written:
            return None
        written = meant
    return written
