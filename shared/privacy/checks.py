"""What must hold beside the pattern of a rule in `rules.toml`: check digits, days of the calendar, lists of words."""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

TABLE: Mapping[str, Any] = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))
_GIVEN_NAMES, _NO_PLATES, _AREA_CODES, PLACES = (
    frozenset(TABLE[name].split()) for name in ("given_names", "no_plates", "area_codes", "places")
)
_DIGITS = re.compile(r"\D")


def _luhn(found: str) -> bool:
    total = 0
    for place, sign in enumerate(reversed(_DIGITS.sub("", found))):
        value = int(sign) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


# In these years a date and a time of the day without a colon are far likelier than a child's number after a space.
_STAMP_YEARS = range(2020, 2035)
_TIME = r"(?:[01]\d|2[0-3])[0-5]\d"
_STAMP = re.compile(rf"(?:20)?\d\d([./ -]?)\d\d\1\d\d +{_TIME}")
_DAY_AND_TIMES = re.compile(rf"\d\d {_TIME} ?- ?{_TIME}")
_MOBILE = re.compile(r"07[02369]\d? \d\d\d? \d\d \d\d")


def _personnummer(found: str) -> bool:
    digits = _DIGITS.sub("", found)
    if len(digits) not in (10, 12) or not _is_day(digits[:-4]) or not _luhn(digits[-10:]):
        return False
    year, day = 2000 + int(digits[-10:-8]), int(digits[-6:-4])
    if _STAMP.fullmatch(found) and year in _STAMP_YEARS and day <= 31:
        return False
    return not (_MOBILE.fullmatch(found) or _DAY_AND_TIMES.fullmatch(found))


def _date(found: str) -> bool:
    digits = _DIGITS.sub("", found)
    return _is_day(digits[:6]) or (digits[:2] in ("18", "19", "20") and _is_day(digits[:8]))


def _is_day(digits: str) -> bool:
    """Whether these six or eight digits are a day of the calendar; a samordningsnummer's day has 60 added."""
    if len(digits) not in (6, 8):
        return False
    years = [int(digits[:4])] if len(digits) == 8 else [1900 + int(digits[:2]), 2000 + int(digits[:2])]
    month, day = int(digits[-4:-2]), int(digits[-2:])
    for year in years:
        try:
            date(year, month, day - 60 if day > 60 else day)
        except ValueError:
            continue
        return True
    return False


def _iban(found: str) -> bool:
    plain = found.replace(" ", "").upper()
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


_ABROAD = re.compile(r"(?:\+|00) ?46 ?(?:\( ?0 ?\))? ?[-/]? ?")
_DAY = re.compile(r"\d\d[-/ ]\d\d[-/ ]20\d\d")


def _phone(found: str) -> bool:
    """Whether it has as many digits as numbers of its area, and the area code stands as a group of its own."""
    if found.startswith(("+", "00")) and not _ABROAD.match(found):
        return found.startswith("+") and 9 <= len(_DIGITS.sub("", found)) <= 15
    groups = re.findall(r"\d+", _ABROAD.sub("0", found))
    first, digits = groups[0], "".join(groups)
    code = next((digits[1:end] for end in (2, 3) if digits[1:end] in _AREA_CODES), digits[1:4])
    mobile = code[0] == "7"
    if ("." in found and not mobile) or _DAY.fullmatch(found) or (len(code) == 3 and code[0] in "789"):
        return False
    apart = len(groups) > 1 and len(first) != len(code) + 1 and not (mobile and len(first) == 4)
    least, most = (10, 10) if mobile or code == "10" else (9, 10) if len(code) == 3 else (8, 10)
    return not apart and least <= len(digits) <= most and (mobile or digits[len(code) + 1] != "0")


def _plate(found: str) -> bool:
    return found[:3].upper() not in _NO_PLATES


def _not_place(found: str) -> bool:
    return not found.lower().endswith(tuple(PLACES))


def _given_name(found: str) -> bool:
    return _not_place(found) and any(word.lower() in _GIVEN_NAMES for word in re.split(r"[ -]", found))


def _full_name(found: str) -> bool:
    """A common given name and another word with a capital, or any and a patronymic; with a comma the other way."""
    first, *others = found.split(" ")
    patronymic = re.compile(r".{2,}(?:sson|sdotter)s?")
    if first.endswith(","):
        return _given_name(others[0]) and bool(re.search(r"(?:sson|berg|gren|lund|ström|qvist|man|sten|dahl),$", first))
    return _not_place(found) and (_given_name(first) or bool(patronymic.fullmatch(others[-1])))


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "": lambda _: True,
    "personnummer": _personnummer,
    "date": _date,
    "luhn": _luhn,
    "iban": _iban,
    "phone": _phone,
    "plate": _plate,
    "not_place": _not_place,
    "given_name": _given_name,
    "full_name": _full_name,
}
