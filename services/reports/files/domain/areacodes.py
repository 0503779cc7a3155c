"""Which area a file means: by its code as people and spreadsheets write it, or by its name."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from services.reports.ground import Ground
from services.reports.mappings.domain.words import folded


class Area(NamedTuple):
    """The code of an area that a text means. mended: the noughts before it were put back, which Excel takes off."""

    code: str
    mended: bool = False


def area_of(text: str, ground: Ground) -> Area | None:
    """The one area in use that a text means; None where there is none, or more than one.

    Its code goes before a code in other letters, that before one without its noughts, and that before a name.
    """
    if text in ground.codes:
        return Area(text)
    codes, bare, names = _words(ground.codes, ground.names)
    said = folded(text)
    if (code := codes.get(said)) is not None:
        return Area(code)
    if said.isdecimal() and (code := bare.get(said.lstrip("0"))) is not None:
        return Area(code, mended=True)
    return Area(code) if (code := names.get(said)) is not None else None


@lru_cache(maxsize=4)
def _words(codes: frozenset[str], names: frozenset[tuple[str, str]]) -> tuple[Mapping[str, str], ...]:
    """Codes in small letters, codes of digits without their noughts, names: those that stand for one area alone."""
    return (
        _unique((folded(code), code) for code in codes),
        _unique((code.lstrip("0"), code) for code in codes if code.isdecimal()),
        _unique((folded(name), code) for code, name in names),
    )


def _unique(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    found: dict[str, str | None] = {}
    for word, code in pairs:
        found[word] = None if word in found else code
    return {word: code for word, code in found.items() if code is not None}
