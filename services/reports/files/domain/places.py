"""Where rows lie: from coordinates in any system, else from the code of the area that the sender names."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as ReadOnly
from contextlib import suppress
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.reports.files.domain.areacodes import area_of
from services.reports.files.domain.points import in_one_piece, is_coarse, is_in_degrees, number_in, points
from services.reports.ground import Ground
from services.reports.mappings.domain.faults import FaultCode
from services.reports.mappings.domain.mapping import Mapping
from services.reports.mappings.domain.words import Wrong
from shared.geo import geometry

# Seven decimals of a degree are a centimetre: what the projection library adds beyond that differs between releases.
_DECIMALS = 7
# Enough to find out in which system they would lie here.
_IN_A_SAMPLE = 200
# No coordinate system has larger ones, in whatever unit.
_MOST = 1e9
# What Python reads as a number and made of these signs is one to everybody.
_DIGITS = re.compile(r"[0-9.eE+-]*")
Used = NDArray[np.bool_]
COLUMNS = ("lon", "lat", "e", "n", "cell", "area_code")


# What says no more of a row's place than nothing.
_LEFT_OUT = frozenset({"half_a_point", "point_rounded"})
_EXPONENT = re.compile(r"\d[eE][+-]?\d", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where each row lies, by the names in COLUMNS; how many rows gave a point, and how many of those fit the system.

    A row has the first five, or none of them; without an area it is unplaced. wrong: rows whose place nobody can read,
    by their number. notes: rows whose point says less than its sender may think, by their number. mended: rows whose
    area was found once its code had the noughts before it again. by_default: rows that name no area that is known.
    sample: x and y of some points, as they were read; None where the file has none.
    """

    columns: ReadOnly[str, list[Any]]
    given: int
    fitting: int
    wrong: Sequence[tuple[int, Wrong]] = ()
    notes: Sequence[tuple[int, Wrong]] = ()
    mended: int = 0
    by_default: Sequence[int] = ()
    sample: tuple[geometry.Array, geometry.Array] | None = None


def locate(
    xs: Sequence[str] | None,
    ys: Sequence[str] | None,
    codes: Sequence[Any],
    *,
    mapping: Mapping,
    ground: Ground,
    both: Sequence[str] | None = None,
) -> Found:
    """Places from the texts of x (east or longitude) and y (north or latitude), else from the codes of areas.

    both: texts that hold both, in their place. Empty texts and 0 0 are no point. A point far away counts as given, and
    is not used; half of one counts as none. What is no number, and a code of no area that is in use are wrong.
    """
    columns: dict[str, list[Any]] = {name: [None] * len(codes) for name in COLUMNS}
    wrong: list[tuple[int, Wrong]] = []
    notes: list[tuple[int, Wrong]] = []
    used, given, fitting, sample = np.zeros(len(codes), dtype=bool), 0, 0, None
    if mapping.crs is not None and (read := _read(xs, ys, both, mapping)) is not None:
        x, y, told = read
        # Half a point, and a rounded one, say no more than one that is far away: the report is kept.
        wrong = [each for each in told if each[1].code not in _LEFT_OUT]
        broken = {row for row, _ in wrong}
        halves = [each for each in told if each[1].code in _LEFT_OUT and each[0] not in broken]
        lon, lat = geometry.to_lonlat(x, y, crs=mapping.crs)
        whole = np.isfinite(x) & np.isfinite(y) & ~((x == 0) & (y == 0))
        fits = whole & geometry.fits(lon, lat, crs=mapping.crs) & geometry.fits(lon, lat, crs=ground.crs)
        used = fits & geometry.near(lon, lat, areas=ground.areas, crs=ground.crs)
        given, fitting, sample = int(whole.sum()), int(fits.sum()), (x[whole][:_IN_A_SAMPLE], y[whole][:_IN_A_SAMPLE])
        points = _points(np.round(lon[used], _DECIMALS), np.round(lat[used], _DECIMALS), ground=ground)
        far = _notes(x, y, used, points["area_code"], mapping=mapping, ground=ground)
        points, used, left = _within_named(points, used, codes, mapping=mapping, ground=ground)
        notes = [*halves, *(each for each in far if each[0] not in left), *left.items()]
        if used.all():
            return Found(columns=points, given=given, fitting=fitting, wrong=wrong, notes=notes, sample=sample)
        _spread(columns, points, used)
    mended, by_default = _name_areas(columns["area_code"], codes, used, wrong, mapping=mapping, ground=ground)
    return Found(
        columns=columns, given=given, fitting=fitting, wrong=wrong, notes=notes, mended=mended, by_default=by_default,
        sample=sample,
    )  # fmt: skip


def _read(
    xs: Sequence[str] | None, ys: Sequence[str] | None, both: Sequence[str] | None, mapping: Mapping
) -> tuple[geometry.Array, geometry.Array, list[tuple[int, Wrong]]] | None:
    """Numbers of east and north, nan for none, and which rows' are wrong; None where the file has no points."""
    if both is not None:
        x, y, wrong = points(both, form=mapping.point_form, decimal=mapping.decimal, crs=mapping.crs or "")
        return x, y, [*wrong, *_rounded("point", both, x, y)]
    if xs is None or ys is None:
        return None
    xs, ys = in_one_piece(xs, ys, decimal=mapping.decimal)
    x, y = numbers(xs, mapping.decimal, axis="x"), numbers(ys, mapping.decimal, axis="y")
    told = list(_wrong(xs, ys, x, y))
    return x, y, [*told, *_rounded("x", xs, x, y), *_rounded("y", ys, x, y)]


def _rounded(name: str, texts: Sequence[str], x: geometry.Array, y: geometry.Array) -> Iterator[tuple[int, Wrong]]:
    """Leave out the points that a spreadsheet rounded, and say which."""
    # All at once first: hardly a file has one.
    if not _EXPONENT.search("\n".join(texts)):
        return
    for row in np.flatnonzero(np.isfinite(x) & np.isfinite(y)).tolist():
        if is_coarse(texts[row]):
            x[row] = y[row] = np.nan
            yield row, Wrong(name, *_ROUNDED)


def _notes(
    x: geometry.Array, y: geometry.Array, used: Used, codes: Sequence[str | None], *, mapping: Mapping, ground: Ground
) -> Iterator[tuple[int, Wrong]]:
    """Which rows' points are left out, or lie in no area, and why. codes: the areas of the points that are used."""
    field = "point" if "point" in mapping.columns else "x"
    left = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & ~((x == 0) & (y == 0)) & ~used)
    if len(left):
        lon, lat = geometry.to_lonlat(y[left], x[left], crs=mapping.crs or "")
        turned = geometry.fits(lon, lat, crs=ground.crs) & geometry.near(lon, lat, areas=ground.areas, crs=ground.crs)
        for row, is_turned in zip(left.tolist(), turned.tolist(), strict=True):
            yield row, Wrong(field, *(_TURNED if is_turned else _OUTSIDE))
    if ground.codes:
        within = zip(np.flatnonzero(used).tolist(), codes, strict=True)
        yield from ((row, Wrong(field, *_NO_AREA)) for row, code in within if code is None)


def _within_named(
    points: dict[str, list[Any]], used: Used, codes: Sequence[Any], *, mapping: Mapping, ground: Ground
) -> tuple[dict[str, list[Any]], Used, dict[int, Wrong]]:
    """Leave out points in none of the areas where the row names one, as those far away are, and say so by row."""
    rows = np.flatnonzero(used).tolist()
    lying = zip(rows, points["area_code"], strict=True)
    left = {
        row: Wrong("point" if "point" in mapping.columns else "x", *_IN_NAMED)
        for row, code in lying
        if code is None and codes[row] is not None and ground.codes and area_of(str(codes[row]), ground) is not None
    }
    if not left:
        return points, used, left
    kept = [row not in left for row in rows]
    stay = used.copy()
    stay[list(left)] = False
    return {name: list(compress(values, kept)) for name, values in points.items()}, stay, left


Why = tuple[FaultCode, str]
_ROUNDED: Why = (
    "point_rounded",
    "A spreadsheet rounded this number, by up to kilometres: the point is left out. Format the column as a number"
    " without decimals, and write the file again from its source.",
)
_TURNED: Why = ("point_turned", "The point lies far away as it stands, and here with its two numbers turned: left out.")
_OUTSIDE: Why = ("point_outside", "The point lies far from the municipality, and is left out.")
_IN_NAMED: Why = (
    "point_in_no_area",
    "The point lies in none of the municipality's areas, and is left out for the area that the row names.",
)
_NO_AREA: Why = ("point_in_no_area", "The point lies in none of the municipality's areas.")


def _spread(columns: dict[str, list[Any]], points: ReadOnly[str, list[Any]], used: Used) -> None:
    for name, values in points.items():
        spread = np.array(columns[name], dtype=object)
        spread[used] = values
        columns[name] = spread.tolist()


def _name_areas(
    areas: list[Any],
    codes: Sequence[Any],
    used: Used,
    wrong: list[tuple[int, Wrong]],
    *,
    mapping: Mapping,
    ground: Ground,
) -> tuple[int, list[int]]:
    """Put the areas that are named into the rows without a point, and say what is none.

    Returns how many were mended, and which rows have the mapping's default. Where the municipality has no areas yet,
    none is looked for.
    """
    mended, by_default = 0, list[int]()
    for row in np.flatnonzero(~used).tolist() if ground.codes else ():
        found = None if codes[row] is None else area_of(str(codes[row]), ground)
        if found is not None:
            areas[row], mended = found.code, mended + found.mended
        elif codes[row] is not None and "place_code" in mapping.defaults:
            areas[row] = mapping.defaults["place_code"]
            by_default.append(row)
        elif codes[row] is not None:
            wrong.append((row, _UNKNOWN))
    return mended, by_default


_UNKNOWN = Wrong(
    "place_code", "unknown_area", "No area in use has this code or name, or more than one has. See GET /areas."
)


def _wrong(xs: Sequence[str], ys: Sequence[str], x: geometry.Array, y: geometry.Array) -> Iterator[tuple[int, Wrong]]:
    """What is wrong with which rows' coordinates, x before y."""
    for name, texts, read, others in (("x", xs, x, ys), ("y", ys, y, xs)):
        for row in np.flatnonzero(~(np.abs(read) <= _MOST)).tolist():
            if texts[row]:
                yield row, Wrong(name, "not_a_coordinate", "No number of degrees or metres with this decimal sign.")
            elif others[row]:
                yield row, Wrong(name, "half_a_point", "A point has both coordinates, or none: this one is left out.")


def _points(lon: geometry.Array, lat: geometry.Array, *, ground: Ground) -> dict[str, list[Any]]:
    """What `intake.domain.place` gives, for arrays of shape (n,); all lie where the municipality's system is used."""
    e, n = geometry.to_ground(lon, lat, crs=ground.crs)
    return {
        "lon": lon.tolist(),
        "lat": lat.tolist(),
        "e": np.rint(e).astype(np.int64).tolist(),
        "n": np.rint(n).astype(np.int64).tolist(),
        "cell": geometry.cells_of(e, n),
        "area_code": ground.areas.codes_at(lon, lat),
    }


def numbers(texts: Sequence[str], decimal: str, *, axis: str = "") -> geometry.Array:
    """The numbers of these texts, nan for what is none. axis: x or y, whose letters may stand beside degrees."""
    if decimal != ".":
        # A point in a number with a decimal comma would part thousands; as it stands it makes the text unreadable.
        texts = [text if is_in_degrees(text) else text.replace(".", "?").replace(decimal, ".") for text in texts]
    if _DIGITS.fullmatch("".join(texts)):
        with suppress(ValueError):
            return np.array(list(map(float, texts)), dtype=np.float64)
    return np.array([number_in(text, axis=axis) for text in texts], dtype=np.float64)
