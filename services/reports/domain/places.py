"""Where the rows of a file lie: their coordinates in any system, or the code of the area that the sender names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.reports.domain.mapping import Mapping
from services.reports.domain.reports import NOWHERE, Ground, Place, places
from shared import geo

# Seven decimals of a degree are a centimetre: what the projection library adds beyond that differs between releases.
_DECIMALS = 7
_SPACES = str.maketrans("", "", " \u00a0\u202f")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A place for each row, how many rows gave a point, and how many of those lie where the system is used."""

    places: Sequence[Place]
    given: int
    fitting: int


def locate(
    xs: Sequence[str] | None, ys: Sequence[str] | None, codes: Sequence[Any], *, mapping: Mapping, ground: Ground
) -> Found:
    """Places from the texts of x (east or longitude) and y (north or latitude), else from the codes of areas.

    Empty texts and 0 0 are no point. A point that cannot be read or fits nowhere counts as given, and is not used.
    """
    found = [Place(area_code=code) if code in ground.codes else NOWHERE for code in codes]
    if xs is None or ys is None or mapping.crs is None:
        return Found(places=found, given=0, fitting=0)
    x, y = numbers(xs, mapping.decimal), numbers(ys, mapping.decimal)
    empty = np.array([not (a and b) for a, b in zip(xs, ys, strict=True)], dtype=bool)
    given = ~(empty | ((x == 0) & (y == 0)))
    lon, lat = geo.to_lonlat(x, y, crs=mapping.crs)
    fitting = given & geo.fits(lon, lat, crs=mapping.crs) & geo.fits(lon, lat, crs=ground.crs)
    at = np.flatnonzero(fitting)
    located = places(np.round(lon[at], _DECIMALS), np.round(lat[at], _DECIMALS), ground=ground)
    for row, place in zip(at.tolist(), located, strict=True):
        found[row] = place
    return Found(places=found, given=int(given.sum()), fitting=len(at))


def numbers(texts: Sequence[str], decimal: str) -> geo.Array:
    """The numbers of these texts, nan for what is none."""
    if decimal != ".":
        # A point in a number with a decimal comma would parts thousands; as it stands it makes the text unreadable.
        texts = [text.replace(".", "?").replace(decimal, ".") for text in texts]
    return np.array([_number(text) for text in texts], dtype=np.float64)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        try:
            return float(text.translate(_SPACES))
        except ValueError:
            return float("nan")
