"""A whole point in one column: two numbers, with or without what each is, degrees and minutes, (E)WKT, GeoJSON."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import orjson
from pyproj import CRS

from services.reports.mappings.domain.mapping import PointForm
from services.reports.mappings.domain.words import Wrong
from shared.geo import geometry
from shared.texts import number

# A longer text is no point, and an expression may take the square of its length.
_LONGEST = 400
_THIN_SPACES = "\u00a0\u2009\u202f"
_GROUPED = rf"[+-]?(?:\d{{1,3}}(?:[ '’{_THIN_SPACES}]\d{{3}})+|\d+)"
_POINTED, _COMMAED = rf"{_GROUPED}(?:\.\d+)?", rf"{_GROUPED}(?:,\d+)?"
_BARE = r"[+-]?\d+(?:[.,]\d+)?"
# What parts two numbers, and how the numbers on both sides are written, the safest first.
_PAIRS = tuple(
    re.compile(rf"[(\[]?\s*({one}){between}({one})\s*[)\]]?", re.ASCII)
    for one, between in (
        (rf"(?:{_POINTED}|{_COMMAED})", r"\s*[;|/]\s*"),
        (_POINTED, r"\s*,\s*"),
        (_COMMAED, r"\s*,\s+"),
        (r"[+-]?\d+,\d+", r","),
        (_BARE, r"\s+"),
    )
)
_COLON, _PARTED = r"\.?\s*[:=]?\s*", r"\s*[,;/|]?\s*"
_WKT = re.compile(r"(?:SRID=(\d{1,6});)?\s*POINT\s*(?:ZM|Z|M)?\s*(?:(EMPTY)|\(([^()]*)\))", re.ASCII | re.IGNORECASE)
_LETTER = "([NSEWÖOV])"
_DEGREES = (
    r"\s*([+-])?([0-9]{1,3}(?:[.,][0-9]+)?)\s*[°ºd]?\s*"
    r"(?:([0-9]{1,2}(?:[.,][0-9]+)?)\s*['′’m]\s*(?:([0-9]{1,2}(?:[.,][0-9]+)?)\s*(?:\"|″|”|''|s))?)?\s*"
)
# The letter before its degrees, or behind them.
_ANGLES = (f"{_LETTER}{_DEGREES}()", f"(){_DEGREES}{_LETTER}", f"(){_DEGREES}()")
_ONE_ANGLE = [re.compile(each, re.IGNORECASE) for each in _ANGLES]
_TWO_ANGLES = [re.compile(rf"{each}(?:[,;/]\s*|(?<=\s)|(?<=[NSEWÖOV])){each}", re.IGNORECASE) for each in _ANGLES[:2]]
_SOUTH_OR_WEST = "SWV"
# Which of two numbers is which, said before them or behind them, in degrees or metres: N6580822 E674032, lat=63.17.
_NUMBER = rf"({_POINTED}|{_COMMAED})\s*[°º]?"
_SAYS_NORTH = r"(?:n|nord|north(?:ing)?|lat(?:itude?)?)"
_SAYS_EAST = r"(?:e|[öÖ]|o|[öÖ]st|ost|east(?:ing)?|lo?ng?|longitude?)"
_NORTH_FIRST, _EAST_FIRST = (
    [
        re.compile(rf"{one}{_COLON}{_NUMBER}{_PARTED}{two}{_COLON}{_NUMBER}", re.ASCII | re.IGNORECASE),
        re.compile(rf"{_NUMBER}\s*{one}{_PARTED}{_NUMBER}\s*{two}", re.ASCII | re.IGNORECASE),
    ]
    for one, two in ((_SAYS_NORTH, _SAYS_EAST), (_SAYS_EAST, _SAYS_NORTH))
)
# X is north in some systems and east in others: a name that tells no more than the order.
_NAMED_XY = re.compile(rf"[xy]{_COLON}{_NUMBER}{_PARTED}[xy]{_COLON}{_NUMBER}", re.ASCII | re.IGNORECASE)
_SPACES = str.maketrans("", "", f" '’{_THIN_SPACES}")
# Thousands parted by points: sure where there are two of them, and then in the number beside it too.
_PARTED_TWICE, _BEFORE_THOUSANDS = re.compile(r"\d\.\d{3}\.\d{3}(?!\d)"), re.compile(r"(?<=\d)\.(?=\d{3}(?!\d))")
_ONE_NUMBER = re.compile(rf"{_GROUPED}(?:\.\d*)?(?:[eE][+-]?\d{{1,3}})?|[+-]?\.\d+(?:[eE][+-]?\d{{1,3}})?", re.ASCII)

_ROUNDED = re.compile(r"(?<![\d.,])(\d{1,3})(?:[.,](\d*))?[eE]([+-]?\d{1,3})(?!\d)", re.ASCII)
_MOST_DEGREES, _COARSE_DEGREES = 400, 0.0001

XY = tuple[float, float]
NOWHERE: XY = (float("nan"), float("nan"))


class Points(NamedTuple):
    """x (east, longitude) and y (north, latitude) of each row, nan for none; wrong: what nobody can read, by row."""

    x: geometry.Array
    y: geometry.Array
    wrong: Sequence[tuple[int, Wrong]]


def points(texts: Sequence[str], *, form: PointForm, decimal: str, crs: str) -> Points:
    """The points of these texts; an empty one is none."""
    north_first = form == "lat,lon" or (form == "auto" and CRS.from_user_input(crs).is_geographic)
    xy = np.full((len(texts), 2), np.nan)
    wrong: list[tuple[int, Wrong]] = []
    for row, text in enumerate(texts):
        if text:
            found = _point(text, north_first=north_first, comma=decimal == ",", crs=crs)
            if isinstance(found, Wrong):
                wrong.append((row, found))
            else:
                xy[row] = found
    return Points(xy[:, 0], xy[:, 1], wrong)


def system_in(texts: Sequence[str]) -> str | None:
    """The system that points in EWKT name, all of them the same; None where they name none or several."""
    told = {found[1] for text in texts if text and (found := _WKT.fullmatch(text[:_LONGEST].strip()))}
    return f"EPSG:{int(srid)}" if len(told) == 1 and (srid := told.pop()) else None


def in_one_piece(xs: Sequence[str], ys: Sequence[str], *, decimal: str) -> tuple[Sequence[str], Sequence[str]]:
    """Coordinates without the points that part their thousands: 6.580.822 and, in its row, 674.032.

    decimal: the file's sign, which a comma behind such numbers becomes.
    """
    rows = [row for row, pair in enumerate(zip(xs, ys, strict=True)) if any(map(_PARTED_TWICE.search, pair))]
    if not rows:
        return xs, ys
    found = list(xs), list(ys)
    for row in rows:
        for texts in found:
            if len(texts[row]) <= _LONGEST:
                texts[row] = _BEFORE_THOUSANDS.sub("", texts[row]).replace(",", decimal)
    return found


def is_coarse(text: str) -> bool:
    """Whether a number of a point was rounded, as spreadsheets show long ones: 4.82E+05 is some kilometre of metres.

    Rounded is what is not exact to a metre, or to a ten-thousandth of a degree.
    """
    for mantissa, decimals, exponent in _ROUNDED.findall(text):
        step = 10.0 ** (int(exponent) - len(decimals))
        degrees = float(mantissa) * 10.0 ** int(exponent) < _MOST_DEGREES
        if step > (_COARSE_DEGREES if degrees else 1):
            return True
    return False


def is_in_degrees(text: str) -> bool:
    """Whether a number says that it is degrees, in which a comma and a point can be nothing but the decimal sign."""
    return "°" in text or "º" in text


def number_in(text: str, *, axis: str) -> float:
    """A number with a decimal point, thousands parted by spaces, or degrees with letters; nan for all else.

    axis: x or y, whose letters are taken.
    """
    if _ONE_NUMBER.fullmatch(text):
        return number(text.translate(_SPACES))
    found = _matched(_ONE_ANGLE, text) if "," not in text or is_in_degrees(text) else None
    angle = _angle(*found) if found else None
    return angle[0] if angle and angle[1] in (axis, None) else float("nan")


def _matched(patterns: Sequence[re.Pattern[str]], text: str) -> Sequence[str] | None:
    """What the groups of the first of these patterns hold that is the whole text."""
    if len(text) > _LONGEST:
        return None
    return next((found.groups("") for pattern in patterns if (found := pattern.fullmatch(text))), None)


def _point(text: str, *, north_first: bool, comma: bool, crs: str) -> XY | Wrong:
    if len(text) > _LONGEST:
        return _NO_POINT
    if found := _WKT.fullmatch(text.strip()):
        return _of_wkt(*found.groups(), crs=crs)
    if text[0] == "{":
        return _of_json(text)
    if _PARTED_TWICE.search(text):
        text = _BEFORE_THOUSANDS.sub("", text)
    if pair := _numbers(text, comma=comma):
        return (pair[1], pair[0]) if north_first else pair
    bare = text.strip("()[] ")
    if said := _matched(_EAST_FIRST, bare):
        return _pair(said)
    if said := _matched(_NORTH_FIRST, bare):
        return _pair(said)[::-1]
    parts = _matched(_TWO_ANGLES, bare)
    one, two = (_angle(*parts[:6]), _angle(*parts[6:])) if parts else (None, None)
    if one and two and {one[1], two[1]} == {"x", "y"}:
        return (one[0], two[0]) if one[1] == "x" else (two[0], one[0])
    return _NO_POINT


_NO_POINT = Wrong(
    "point",
    "not_a_point",
    "Not written as a point: as 63.17, 14.63 or 63,17; 14,63 or 63.17N 14.63E or POINT (14.63 63.17).",
)
_OTHER_SYSTEM = Wrong("point", "other_system", "The point names another coordinate system than crs of the mapping.")


def _numbers(text: str, *, comma: bool) -> XY | None:
    """Two numbers in the order in which they stand. A lone comma is a decimal sign where the file writes it so."""
    if named := _matched([_NAMED_XY], text.strip("()[] ")):
        return _pair(named)
    for at, pattern in enumerate(_PAIRS):
        if comma and at == 1 and "." not in text and not re.search(r",\s", text):
            continue
        if found := pattern.fullmatch(text):
            return _pair(found.groups())
    return None


def _pair(numbers: Sequence[str]) -> XY:
    first, second = (float(each.translate(_SPACES).replace(",", ".")) for each in numbers)
    return first, second


def _of_wkt(srid: str | None, empty: str | None, inside: str | None, *, crs: str) -> XY | Wrong:
    if srid is not None and crs.upper() != f"EPSG:{int(srid)}":
        return _OTHER_SYSTEM
    try:
        parts = [] if empty else [number(each) for each in (inside or "").split()]
    except ValueError:
        return _NO_POINT
    if empty:
        return NOWHERE
    return (parts[0], parts[1]) if 2 <= len(parts) <= 4 else _NO_POINT


def _of_json(text: str) -> XY | Wrong:
    """A point of GeoJSON, alone or as a Feature's, or an object with latitude and longitude."""
    try:
        said: Any = orjson.loads(text if '"' in text else text.replace("'", '"'))
    except orjson.JSONDecodeError:
        return _NO_POINT
    told = said.get("geometry") if said.get("type") == "Feature" else said
    if not isinstance(told, dict):
        return _NO_POINT if told is not None else NOWHERE
    where = told.get("coordinates") if told.get("type") == "Point" else None
    if where is None:
        where = [told.get("longitude", told.get("lon")), told.get("latitude", told.get("lat"))]
    try:
        x, y = (each if isinstance(each, int | float) else number(each) for each in where[:2])
    except (TypeError, ValueError):
        return _NO_POINT
    return float(x), float(y)


def _angle(*parts: str) -> tuple[float, str | None] | None:
    """Degrees, and whether their letter says x or y; None for minutes that there are not."""
    before, sign, degrees, minutes, seconds, behind = parts
    value, *less = (float((each or "0").replace(",", ".")) for each in (degrees, minutes, seconds))
    if max(less) >= 60:
        return None
    letter = (before or behind or "").upper()
    value += less[0] / 60 + less[1] / 3600
    negative = (sign == "-") ^ (letter != "" and letter in _SOUTH_OR_WEST)
    return (-value if negative else value), (None if not letter else "y" if letter in "NS" else "x")
