"""Where rows lie: from coordinates in any system, else from the code of the area that the sender names."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.reports.ground import Ground
from services.reports.mappings.domain.mapping import Mapping
from services.reports.mappings.domain.words import Wrong
from shared.geo import geometry
from shared.texts import number

# Seven decimals of a degree are a centimetre: what the projection library adds beyond that differs between releases.
_DECIMALS = 7
# No coordinate system has larger ones, in whatever unit.
_MOST = 1e9
# What Python reads as a number and made of these signs is one to everybody.
_DIGITS = re.compile(r"[0-9.eE+-]*")
_SPACES = str.maketrans("", "", " \u00a0\u202f")
COLUMNS = ("lon", "lat", "e", "n", "cell", "area_code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where each row lies, by the names in COLUMNS; how many rows gave a point, and how many of those fit the system.

    A row has the first five, or none of them; without an area it is unplaced. wrong: rows whose coordinates nobody can
    read, by their number.
    """

    columns: ReadOnly[str, list[Any]]
    given: int
    fitting: int
    wrong: Sequence[tuple[int, Wrong]] = ()


def locate(
    xs: Sequence[str] | None, ys: Sequence[str] | None, codes: Sequence[Any], *, mapping: Mapping, ground: Ground
) -> Found:
    """Places from the texts of x (east or longitude) and y (north or latitude), else from the codes of areas.

    Empty texts and 0 0 are no point. A point that fits nowhere or lies far from the municipality counts as given, and
    is not used; half of one, and what is no number, is wrong.
    """
    columns: dict[str, list[Any]] = {name: [None] * len(codes) for name in COLUMNS}
    columns["area_code"] = [code if code in ground.codes else None for code in codes]
    if xs is None or ys is None or mapping.crs is None:
        return Found(columns=columns, given=0, fitting=0)
    x, y = numbers(xs, mapping.decimal), numbers(ys, mapping.decimal)
    empty = np.array([not (a and b) for a, b in zip(xs, ys, strict=True)], dtype=bool)
    wrong = list(_wrong(xs, ys, x, y))
    given = ~(empty | ((x == 0) & (y == 0)))
    lon, lat = geometry.to_lonlat(x, y, crs=mapping.crs)
    fitting = given & geometry.fits(lon, lat, crs=mapping.crs) & geometry.fits(lon, lat, crs=ground.crs)
    used = fitting & geometry.near(lon, lat, areas=ground.areas, crs=ground.crs)
    points = _points(np.round(lon[used], _DECIMALS), np.round(lat[used], _DECIMALS), ground=ground)
    for name, values in points.items():
        if len(values) == len(codes):
            columns[name] = values
            continue
        spread = np.array(columns[name], dtype=object)
        spread[used] = values
        columns[name] = spread.tolist()
    return Found(columns=columns, given=int(given.sum()), fitting=int(fitting.sum()), wrong=wrong)


def _wrong(xs: Sequence[str], ys: Sequence[str], x: geometry.Array, y: geometry.Array) -> Iterator[tuple[int, Wrong]]:
    """What is wrong with which rows' coordinates, x before y."""
    for name, texts, read, others in (("x", xs, x, ys), ("y", ys, y, xs)):
        for row in np.flatnonzero(~(np.abs(read) <= _MOST)).tolist():
            if texts[row]:
                yield row, Wrong(name, "not_a_coordinate", "No number of degrees or metres with this decimal sign.")
            elif others[row]:
                yield row, Wrong(name, "half_a_point", "A point has both coordinates, or none.")


def _points(lon: geometry.Array, lat: geometry.Array, *, ground: Ground) -> dict[str, list[Any]]:
    """What `intake.domain.place` gives, for arrays of shape (n,); all lie where the municipality's system is used."""
    e, n = geometry.to_metres(lon, lat, crs=ground.crs)
    return {
        "lon": lon.tolist(),
        "lat": lat.tolist(),
        "e": np.rint(e).astype(np.int64).tolist(),
        "n": np.rint(n).astype(np.int64).tolist(),
        "cell": geometry.cells_of(e, n),
        "area_code": ground.areas.codes_at(lon, lat),
    }


def numbers(texts: Sequence[str], decimal: str) -> geometry.Array:
    """The numbers of these texts, nan for what is none."""
    if decimal != ".":
        # A point in a number with a decimal comma would parts thousands; as it stands it makes the text unreadable.
        texts = [text.replace(".", "?").replace(decimal, ".") for text in texts]
    if _DIGITS.fullmatch("".join(texts)):
        with suppress(ValueError):
            return np.array(list(map(float, texts)), dtype=np.float64)
    return np.array([_number(text) for text in texts], dtype=np.float64)


def _number(text: str) -> float:
    try:
        return number(text.translate(_SPACES))
    except ValueError:
        return float("nan")
